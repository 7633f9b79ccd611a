import { useEffect, useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { givesOwnData, saveOwnData } from '../../api/own-data.ts'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { Section } from '../../ui/page.tsx'
import { showToast } from '../../ui/toast.tsx'
import styles from './account-page.module.css'

/** Taking everything along: shown where the server has it. */
export function ExportSection() {
  const text = useText()
  const client = useClient()
  const [there, setThere] = useState(false)
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    givesOwnData().then(setThere, () => undefined)
  }, [])
  if (!there) return null

  async function save(): Promise<void> {
    setBusy(true)
    await saveOwnData(client).catch(() => showToast(text('general.failed')))
    setBusy(false)
  }

  return (
    <Section title={text('settings.data')} text={text('settings.exportText')}>
      <div className={styles['export']}>
        <Button look="soft" busy={busy} onClick={() => void save()}>
          {text('settings.export')}
        </Button>
      </div>
    </Section>
  )
}
