import { useClient } from '../../api/client-context.ts'
import { resetSecurity } from '../../api/security.ts'
import { useText } from '../../i18n/text.ts'
import { PasswordForm } from '../../ui/password-form.tsx'
import styles from './steps.module.css'

/** New keys for the account, for who has neither another device nor the security key. */
export function BeginAfresh() {
  const text = useText()
  const client = useClient()
  return (
    <div className={styles['step']}>
      <h2>{text('security.afresh')}</h2>
      <p className={styles['text']}>{text('security.afreshText')}</p>
      <PasswordForm
        action={text('security.afreshDo')}
        danger
        onSubmit={(password) => resetSecurity(client, password)}
      />
    </div>
  )
}
