import { useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { withPassword } from '../../api/with-password.ts'
import { useText } from '../../i18n/text.ts'
import { ListRow } from '../../ui/list-row.tsx'
import { Section } from '../../ui/page.tsx'
import { PasswordForm } from '../../ui/password-form.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { showToast } from '../../ui/toast.tsx'
import styles from './change-password.module.css'

/** A new password. The other devices stay signed in. */
export function ChangePassword() {
  const text = useText()
  const client = useClient()
  const [open, setOpen] = useState(false)
  const [next, setNext] = useState('')
  return (
    <Section title={text('signIn.password')}>
      <ListRow title={text('settings.changePassword')} onClick={() => setOpen(true)} />
      <Sheet
        open={open}
        title={text('settings.changePassword')}
        closeLabel={text('general.close')}
        onClose={() => setOpen(false)}
      >
        <div className={styles['text']}>
          <TextField
            label={text('settings.newPassword')}
            hint={text('signIn.passwordHint')}
            name="new-password"
            type="password"
            autoComplete="new-password"
            minLength={8}
            value={next}
            onChange={(event) => setNext(event.target.value)}
          />
        </div>
        <PasswordForm
          action={text('settings.changePassword')}
          label={text('settings.oldPassword')}
          disabled={next.length < 8}
          onSubmit={async (password) => {
            const done = await withPassword(client, password, (answer) =>
              answer((auth) => client.setPassword((auth ?? undefined) as never, next, false)),
            )
            if (!done) return false
            showToast(text('settings.saved'))
            setNext('')
            setOpen(false)
            return true
          }}
        />
      </Sheet>
    </Section>
  )
}
