import { useEffect } from 'react'
import { currentCall, lastProblem } from '../../api/calls.ts'
import { useStore } from '../../api/use-store.ts'
import { useText } from '../../i18n/text.ts'
import { showToast } from '../../ui/toast.tsx'
import { CallScreen } from './call-screen.tsx'

/** The call of this device above everything else, for as long as there is one. Stands once, around everything. */
export function CallLayer() {
  const text = useText()
  const current = useStore(currentCall)
  const problem = useStore(lastProblem)
  useEffect(() => {
    if (problem !== undefined) showToast(text(`calls.${problem}`))
  }, [problem, text])
  return current && <CallScreen key={current.call.callId} current={current} />
}
