import { useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { deactivate } from '../../api/start-client.ts'
import { useText } from '../../i18n/text.ts'
import { ListRow } from '../../ui/list-row.tsx'
import { Section } from '../../ui/page.tsx'
import { PasswordForm } from '../../ui/password-form.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { SwitchRow } from '../../ui/switch-row.tsx'
import styles from './account-page.module.css'
import { ExportSection } from './export-section.tsx'

/** What a person takes with them, and the end of an account. */
export function AccountPage() {
  const text = useText()
  const client = useClient()
  const [leaving, setLeaving] = useState(false)
  const [erase, setErase] = useState(false)
  return (
    <>
      <Section title={text('settings.username')}>
        <p className={styles['id']}>{client.getSafeUserId()}</p>
      </Section>
      <ExportSection />
      <Section text={text('settings.deactivateText')}>
        <ListRow
          className={styles['danger']}
          title={text('settings.deactivate')}
          onClick={() => setLeaving(true)}
        />
      </Section>
      <Sheet
        open={leaving}
        title={text('settings.deactivateAsk')}
        closeLabel={text('general.close')}
        onClose={() => setLeaving(false)}
      >
        <p className={styles['text']}>{text('settings.deactivateText')}</p>
        <div className={styles['erase']}>
          <SwitchRow
            title={text('settings.erase')}
            text={text('settings.eraseText')}
            on={erase}
            onChange={setErase}
          />
        </div>
        <PasswordForm
          action={text('settings.deactivate')}
          danger
          onSubmit={(password) => deactivate(client, password, erase)}
        />
      </Sheet>
    </>
  )
}
