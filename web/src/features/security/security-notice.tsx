import { useState } from 'react'
import { postpone } from '../../api/postponed.ts'
import { useSecurityNotice } from '../../api/use-security-notice.ts'
import { NoticeLine } from './notice-line.tsx'
import { SetUpRecovery } from './set-up-recovery.tsx'

/** A line above the chats for as long as older messages are locked, or could be lost with this device. */
export function SecurityNotice() {
  const notice = useSecurityNotice()
  const [open, setOpen] = useState(false)
  if (notice === 'unconfirmed')
    return <NoticeLine kind="unconfirmed" onOpen={() => void postpone('confirm', false)} />
  if (notice === undefined && !open) return null
  return (
    <>
      <NoticeLine kind="recovery" onOpen={() => setOpen(true)} onLater={() => void postpone('recovery')} />
      <SetUpRecovery open={open} onClose={() => setOpen(false)} />
    </>
  )
}
