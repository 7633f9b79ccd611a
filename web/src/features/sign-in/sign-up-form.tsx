import { useState } from 'react'
import { signUp } from '../../api/sign-in.ts'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { concerns, problemKey } from './problem-key.ts'
import styles from './sign-in.module.css'
import { useEntering } from './use-entering.ts'

export function SignUpForm() {
  const text = useText()
  const [name, setName] = useState('')
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [token, setToken] = useState('')
  const { busy, problem, enter, asked } = useEntering(() => signUp({ name, username, password, token }))
  const errorOf = (field: 'username' | 'password' | 'token') =>
    problem && concerns(problem) === field ? text(problemKey(problem)) : undefined
  return (
    <form className={styles['form']} onSubmit={enter}>
      <TextField
        label={text('signIn.name')}
        hint={text('signIn.nameHint')}
        name="name"
        autoComplete="name"
        required
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <TextField
        label={text('signIn.username')}
        hint={text('signIn.usernameHint')}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        value={username}
        onChange={(event) => setUsername(event.target.value)}
        error={errorOf('username')}
      />
      <TextField
        label={text('signIn.password')}
        hint={text('signIn.passwordHint')}
        name="password"
        type="password"
        autoComplete="new-password"
        minLength={8}
        required
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        error={errorOf('password')}
      />
      {asked.has('tokenNeeded') && (
        <TextField
          label={text('signIn.token')}
          hint={text('signIn.tokenHint')}
          name="token"
          autoComplete="one-time-code"
          required
          value={token}
          onChange={(event) => setToken(event.target.value)}
          error={errorOf('token')}
        />
      )}
      <Button type="submit" wide busy={busy}>
        {text('signIn.create')}
      </Button>
    </form>
  )
}
