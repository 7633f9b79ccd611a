import { postponed } from './postponed.ts'
import { security } from './security.ts'
import { useStore } from './use-store.ts'

/** What a person should be reminded of: that older messages are locked here, or could be lost with this device. */
export function useSecurityNotice(): 'unconfirmed' | 'recovery' | undefined {
  const standing = useStore(security)
  const later = useStore(postponed)
  if (standing.kind === 'unconfirmed' && later?.confirm) return 'unconfirmed'
  if (standing.kind === 'confirmed' && !standing.recovery && later && !later.recovery) return 'recovery'
  return undefined
}
