import { type FormEvent, useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { unlockWithSecurityKey, WrongSecurityKey } from '../../api/security.ts'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import styles from './steps.module.css'

/** Takes the security key. When it fits, the device is confirmed and the screen that shows this goes by itself. */
export function SecurityKeyForm() {
  const text = useText()
  const client = useClient()
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<'security.keyWrong' | 'general.failed'>()

  async function unlock(): Promise<void> {
    setBusy(true)
    setProblem(undefined)
    try {
      await unlockWithSecurityKey(client, typed)
    } catch (error) {
      setProblem(error instanceof WrongSecurityKey ? 'security.keyWrong' : 'general.failed')
    }
    setBusy(false)
  }

  function submit(event: FormEvent): void {
    event.preventDefault()
    void unlock()
  }

  return (
    <form className={styles['step']} onSubmit={submit}>
      <h2>{text('security.key')}</h2>
      <p className={styles['text']}>{text('security.keyAsk')}</p>
      <TextField
        label={text('security.key')}
        name="security-key"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        required
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        error={problem && text(problem)}
      />
      <Button type="submit" wide busy={busy}>
        {text('security.unlock')}
      </Button>
    </form>
  )
}
