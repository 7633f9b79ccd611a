import type { Clock } from '../clock.ts'
import { Outage } from '../refusal.ts'
import type { Session } from './session.ts'

/**
 * Who waits for a connection, first come first served: because all are in use, or because there is no primary just now.
 * Bounded in number and in time, so that a database which is away or too slow fills neither the memory nor the
 * patience of clients.
 */
export type WaitingLine = {
  /**
   * A session with a place taken. Throws `Outage` when too many wait already, or when `waitMs` has passed.
   * Whoever is admitted always may wait, however many others do.
   */
  place(request: { read: boolean; admitted: boolean; waitMs: number }): Promise<Session> | Session
  /** A place may have become free. */
  move(): void
  size(): number
}

type Waiting = { read: boolean; resolve: (session: Session | undefined) => void }

export function createWaitingLine(
  deps: { clock: Clock },
  options: { waitingMax: number; choose: (read: boolean) => Session | undefined; refused: () => void },
): WaitingLine {
  const line = new Set<Waiting>()

  async function wait(read: boolean, waitMs: number): Promise<Session> {
    const { promise, resolve } = Promise.withResolvers<Session | undefined>()
    const served = new AbortController()
    const waiting = { read, resolve }
    line.add(waiting)
    deps.clock.sleep(waitMs, served.signal).then(
      // Whoever has left the line has been given a place.
      () => line.delete(waiting) && resolve(undefined),
      () => undefined,
    )
    const session = await promise
    served.abort(done)
    if (!session) throw new Outage('no connection to the database in time')
    return session
  }

  return {
    place({ read, admitted, waitMs }) {
      // Nobody is overtaken: while others wait, what becomes free is theirs.
      const session = line.size === 0 ? options.choose(read) : undefined
      if (session?.reserve()) return session
      if (!admitted && line.size >= options.waitingMax) {
        options.refused()
        throw new Outage('too many requests wait for the database')
      }
      return wait(read, waitMs)
    },
    move() {
      if (line.size === 0) return
      const writing = options.choose(false)
      const reading = options.choose(true)
      if (!writing && !reading) return
      for (const waiting of line) {
        const session = waiting.read ? reading : writing
        if (!session) continue
        if (!session.reserve()) return
        line.delete(waiting)
        waiting.resolve(session)
      }
    },
    size: () => line.size,
  }
}

/** Made once: an abort without a reason makes an error with a stack for each. */
const done = new Error('served')
