import { useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { useStore } from '../../api/use-store.ts'
import { pushState, turnPushOff, turnPushOn } from '../../api/web-push.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import { Section } from '../../ui/page.tsx'
import { SwitchRow } from '../../ui/switch-row.tsx'
import { showToast } from '../../ui/toast.tsx'

/** Notifications of this device while the app is closed. */
export function PushSection() {
  const text = useText()
  const language = useLanguage()
  const client = useClient()
  const state = useStore(pushState)
  const [busy, setBusy] = useState(false)
  if (state === 'unknown' || state === 'unsupported') return null

  async function change(wanted: boolean): Promise<void> {
    setBusy(true)
    try {
      await (wanted ? turnPushOn(client, text, language) : turnPushOff(client))
    } catch {
      showToast(text('push.failed'))
    }
    setBusy(false)
  }

  return (
    <Section padded title={text('settings.thisDevice')}>
      <SwitchRow
        title={text('push.closed')}
        text={text(state === 'denied' ? 'push.denied' : 'push.closedText')}
        on={state === 'on'}
        disabled={busy || state === 'denied'}
        onChange={(wanted) => void change(wanted)}
      />
    </Section>
  )
}
