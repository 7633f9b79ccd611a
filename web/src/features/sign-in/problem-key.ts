import type { SignInProblem } from '../../api/sign-in.ts'
import type { MessageKey } from '../../i18n/en.ts'

const keys: Readonly<Record<SignInProblem, MessageKey>> = {
  wrong: 'signIn.wrong',
  taken: 'signIn.taken',
  invalidName: 'signIn.invalidName',
  weak: 'signIn.weak',
  closed: 'signIn.closed',
  tokenNeeded: 'signIn.tokenHint',
  tokenWrong: 'signIn.tokenWrong',
  slowDown: 'signIn.slowDown',
  unreachable: 'signIn.unreachable',
  failed: 'general.failed',
}

export function problemKey(problem: SignInProblem): MessageKey {
  return keys[problem]
}

/** The field below which a problem is told. */
export function concerns(problem: SignInProblem): 'username' | 'password' | 'token' {
  if (problem === 'taken' || problem === 'invalidName') return 'username'
  return problem === 'tokenWrong' || problem === 'tokenNeeded' ? 'token' : 'password'
}
