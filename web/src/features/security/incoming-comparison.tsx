import { useEffect, useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { type Comparison, whenAsked } from '../../api/comparison.ts'
import { useText } from '../../i18n/text.ts'
import { Sheet } from '../../ui/sheet.tsx'
import { CompareEmoji } from './compare-emoji.tsx'

/** What this device shows when another one of the person's asks it to vouch for it. */
export function IncomingComparison() {
  const text = useText()
  const client = useClient()
  const [comparison, setComparison] = useState<Comparison>()
  useEffect(() => whenAsked(client, setComparison), [client])
  if (!comparison) return null

  function close(): void {
    const { kind } = comparison?.step.get() ?? {}
    if (kind !== 'done' && kind !== 'cancelled') comparison?.cancel()
    setComparison(undefined)
  }

  return (
    <Sheet open title={text('security.asked')} closeLabel={text('general.close')} onClose={close}>
      <CompareEmoji comparison={comparison} onEnd={close} />
    </Sheet>
  )
}
