import { useState } from 'react'
import { signIn } from '../../api/sign-in.ts'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { problemKey } from './problem-key.ts'
import styles from './sign-in.module.css'
import { useEntering } from './use-entering.ts'

export function SignInForm() {
  const text = useText()
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const { busy, problem, enter } = useEntering(() => signIn(username, password))
  return (
    <form className={styles['form']} onSubmit={enter}>
      <TextField
        label={text('signIn.username')}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        value={username}
        onChange={(event) => setUsername(event.target.value)}
      />
      <TextField
        label={text('signIn.password')}
        name="password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={problem && text(problemKey(problem))}
      />
      <Button type="submit" wide busy={busy}>
        {text('signIn.enter')}
      </Button>
    </form>
  )
}
