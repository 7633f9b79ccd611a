import { useState } from 'react'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import styles from './sign-in.module.css'
import { SignInForm } from './sign-in-form.tsx'
import { SignUpForm } from './sign-up-form.tsx'

/** The first screen: who are you? `ended` tells that the last session was ended from elsewhere. */
export function SignIn({ ended }: { ended: boolean }) {
  const text = useText()
  const [joining, setJoining] = useState(false)
  return (
    <main className={styles['screen']}>
      <section className={styles['greeting']}>
        <img src="/icons/mark.svg" alt="" width="72" height="72" />
        <h1>
          Dure <span lang="ko">두레</span>
        </h1>
        <p>{text('signIn.lead')}</p>
      </section>
      <section className={styles['card']}>
        <h2>{text(joining ? 'signIn.createTitle' : 'signIn.title')}</h2>
        {ended && <p className={styles['notice']}>{text('status.ended')}</p>}
        {joining ? <SignUpForm /> : <SignInForm />}
        <p className={styles['other']}>
          {text(joining ? 'signIn.haveAccount' : 'signIn.newHere')}
          <Button look="quiet" onClick={() => setJoining(!joining)}>
            {text(joining ? 'signIn.enter' : 'signIn.create')}
          </Button>
        </p>
      </section>
      <p className={styles['promise']}>{text('signIn.promise')}</p>
    </main>
  )
}
