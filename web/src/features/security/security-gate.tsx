import { type ReactNode, useEffect, useState } from 'react'
import { postpone, postponed } from '../../api/postponed.ts'
import { security } from '../../api/security.ts'
import { useStore } from '../../api/use-store.ts'
import { ConfirmDevice } from './confirm-device.tsx'
import { IncomingComparison } from './incoming-comparison.tsx'

type SecurityGateProps = { starting: ReactNode; children: ReactNode }

/** On a device of which nothing is known yet, the answer is worth waiting so long for. */
const patienceMs = 2000

/** Asks on a new device whose it is, before anything else, unless the person has put it off; then lets them through. */
export function SecurityGate({ starting, children }: SecurityGateProps) {
  const standing = useStore(security)
  const later = useStore(postponed)
  const [patient, setPatient] = useState(true)
  useEffect(() => {
    const timer = setTimeout(() => setPatient(false), patienceMs)
    return () => clearTimeout(timer)
  }, [])
  if (patient && (standing.kind === 'unknown' || !later)) return starting
  if (standing.kind === 'unconfirmed' && !later?.confirm)
    return <ConfirmDevice standing={standing} onLater={() => void postpone('confirm')} />
  return (
    <>
      {children}
      <IncomingComparison />
    </>
  )
}
