import { saveRelayOnly, useRelayOnly } from '../../api/call-privacy.ts'
import { useClient } from '../../api/client-context.ts'
import { useBusy } from '../../api/use-busy.ts'
import { useText } from '../../i18n/text.ts'
import { Section } from '../../ui/page.tsx'
import { SwitchRow } from '../../ui/switch-row.tsx'
import { showToast } from '../../ui/toast.tsx'

/** Shown where the server has a relay. */
export function CallsSection() {
  const text = useText()
  const client = useClient()
  const relayOnly = useRelayOnly()
  const { busy, run } = useBusy(() => showToast(text('general.failed')))
  if (relayOnly === undefined) return null
  return (
    <Section padded title={text('settings.about.calls')}>
      <SwitchRow
        title={text('settings.relay')}
        text={text('settings.relayText')}
        on={relayOnly}
        disabled={busy}
        onChange={(on) => run(() => saveRelayOnly(client, on))}
      />
    </Section>
  )
}
