import { Security } from '../security/security.tsx'
import { CallsSection } from './calls-section.tsx'
import { ChangePassword } from './change-password.tsx'

/** How the person's messages and account are protected. */
export function SecurityPage() {
  return (
    <>
      <Security />
      <CallsSection />
      <ChangePassword />
    </>
  )
}
