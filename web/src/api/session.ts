import { forgetAll, keep, readKept } from './database.ts'
import { knownChats, startKnownChats } from './known-chats.ts'
import { createStore } from './store.ts'

/** Who is signed in on this device. */
export type Session = { userId: string; deviceId: string; accessToken: string }

export type SessionState =
  | { kind: 'unknown' }
  | { kind: 'signed-out'; ended?: boolean }
  | { kind: 'signed-in'; session: Session }

export const sessionState = createStore<SessionState>({ kind: 'unknown' })

export async function startSession(): Promise<void> {
  const session = await readKept<Session>('kept', 'session')
  if (session) await startKnownChats(session.deviceId)
  sessionState.set(session ? { kind: 'signed-in', session } : { kind: 'signed-out' })
}

export async function beginSession(session: Session): Promise<void> {
  await keep('kept', 'session', session)
  // The browser may throw away what is not asked to stay; messages that wait to be sent must not be among that.
  await navigator.storage?.persist?.().catch(() => false)
  sessionState.set({ kind: 'signed-in', session })
}

/** Forgets everything about the person on this device. `ended` when somebody else ended the session. */
export async function endSession(ended: boolean): Promise<void> {
  knownChats.set(undefined)
  await forgetAll()
  sessionState.set({ kind: 'signed-out', ended })
}
