import { type FormEvent, useState } from 'react'
import { useText } from '../i18n/text.ts'
import { Button } from './button.tsx'
import styles from './password-form.module.css'
import { TextField } from './text-field.tsx'

type PasswordFormProps = {
  action: string
  danger?: boolean
  disabled?: boolean
  /** What the field is called where there is another password beside it. */
  label?: string
  /** Resolves with `false` when the password was wrong, and the person has to try again. */
  onSubmit: (password: string) => Promise<boolean>
}

/** Asks for the password before something that only the person themselves may do. */
export function PasswordForm({ action, danger, disabled, label, onSubmit }: PasswordFormProps) {
  const text = useText()
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<'general.passwordWrong' | 'general.failed'>()

  function submit(event: FormEvent): void {
    event.preventDefault()
    setBusy(true)
    setProblem(undefined)
    onSubmit(password)
      .then(
        (right) => setProblem(right ? undefined : 'general.passwordWrong'),
        () => setProblem('general.failed'),
      )
      .finally(() => setBusy(false))
  }

  return (
    <form className={styles['form']} onSubmit={submit}>
      <TextField
        label={label ?? text('signIn.password')}
        name="password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={problem && text(problem)}
      />
      <Button type="submit" wide look={danger ? 'danger' : 'primary'} busy={busy} disabled={disabled}>
        {action}
      </Button>
    </form>
  )
}
