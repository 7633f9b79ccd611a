import { type FormEvent, useState } from 'react'
import { beginSession, type Session } from '../../api/session.ts'
import { SignInError, type SignInProblem } from '../../api/sign-in.ts'

/** A form that ends in a session, or in a problem that the person can do something about. */
export function useEntering(begin: () => Promise<Session>) {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<SignInProblem>()
  const [asked, setAsked] = useState<ReadonlySet<SignInProblem>>(new Set())

  async function work(): Promise<void> {
    setBusy(true)
    setProblem(undefined)
    try {
      await beginSession(await begin())
    } catch (error) {
      const found = error instanceof SignInError ? error.problem : 'failed'
      setProblem(asked.has(found) || found !== 'tokenNeeded' ? found : undefined)
      setAsked(new Set([...asked, found]))
    } finally {
      setBusy(false)
    }
  }

  function enter(event: FormEvent): void {
    event.preventDefault()
    void work()
  }

  return { busy, problem, asked, enter }
}
