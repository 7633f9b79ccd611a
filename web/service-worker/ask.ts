import { readKept } from './kept.ts'

type Session = { userId: string; accessToken: string }

/** How long a site may take; a push event does not live much longer. */
const patienceMs = 4000

/** What a site said: its refusals are answers too. */
export type Answer = { ok: boolean; body: Record<string, unknown> }

/** Asks the server as the person who is signed in, at whichever site answers. `undefined` when none does. */
export async function ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer | undefined> {
  const session = await readKept<Session>('session')
  if (!session) return undefined
  const others = (await readKept<{ baseUrl: string }[]>('sites')) ?? []
  const origins = new Set([location.origin, ...others.map(({ baseUrl }) => new URL(baseUrl).origin)])
  for (const origin of origins) {
    try {
      const answer = await fetch(`${origin}/_matrix/client/${path}`, {
        method,
        headers: { authorization: `Bearer ${session.accessToken}`, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(patienceMs),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      if (answer.status >= 500) continue
      return { ok: answer.ok, body: (await answer.json()) as Record<string, unknown> }
    } catch {
      // The next site may know.
    }
  }
  return undefined
}
