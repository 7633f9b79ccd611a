import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Client } from './client.ts'
import { type Host, hostName } from './connection-url.ts'
import type { Primary } from './primary.ts'
import type { Session } from './session.ts'

/**
 * While there is no primary, reads outside a transaction may be answered by a standby. One serves only if
 * - it has every stream position that this node knows to be committed: a cache filled from it is not behind the stream, and
 *   nothing that was seen disappears;
 * - a primary had sent it all that it shows. A primary sends nothing that it has not made durable itself, so this is
 *   durable in two sites, and no fail-over takes it back. A primary that was demoted may hold commits which nobody confirmed,
 *   so it does not serve until another primary has brought it level.
 */
export type StandbyReads = {
  session(): Session | undefined
  /** Says that this position is committed. */
  committed(position: number): void
  /** The connection failed: what the host holds may be another history when it comes back. */
  failed(session: Session): void
  /** The primary is there again, or is not. */
  update(): void
  close(): Promise<void>
}

const lookAgainMs = 250

export function createStandbyReads(
  deps: { log: Log; clock: Clock },
  options: {
    primary: () => Pick<Primary, 'session' | 'standbys'>
    open: (host: Host) => Session
    afterMs: number
    changed: () => void
  },
): StandbyReads {
  let floor = 0
  let serving: { session: Session; anchor: Client } | undefined
  let looking: AbortController | undefined

  function drop(): void {
    if (!serving) return
    const { session, anchor } = serving
    serving = undefined
    session.give(anchor, true)
    session.end().catch(() => undefined)
  }

  /** The connection that was checked is kept: while it lives the server has not been restarted, so its history is the same. */
  async function tryHost(host: Host): Promise<boolean> {
    const session = options.open(host)
    session.reserve()
    let anchor: Client | undefined
    try {
      anchor = await session.open()
      const head = await headOf(anchor)
      if (head < floor) throw new Error(`position ${head}, known is ${floor}`)
      if (looking === undefined) throw new Error('there is a primary')
      anchor.socket.once('close', () => failed(session))
      serving = { session, anchor }
      deps.log.warn({ host: hostName(host), position: head }, 'no primary; reading from a standby')
      return true
    } catch (error) {
      deps.log.debug({ err: error, host: hostName(host) }, 'this standby cannot be read from')
      session.give(anchor, true)
      session.cutAll()
      return false
    }
  }

  async function look(signal: AbortSignal): Promise<void> {
    await deps.clock.sleep(options.afterMs, signal)
    for (;;) {
      if (!serving) {
        for (const { host, streamed } of options.primary().standbys()) {
          if (!signal.aborted && streamed && (await tryHost(host))) break
        }
        if (serving) options.changed()
      }
      await deps.clock.sleep(lookAgainMs, signal)
    }
  }

  function failed(session: Session): void {
    if (serving?.session !== session) return
    drop()
    options.changed()
  }

  function update(): void {
    if (options.primary().session()) {
      looking?.abort(found)
      looking = undefined
      drop()
    } else if (!looking) {
      looking = new AbortController()
      look(looking.signal).catch(() => undefined)
    }
  }

  return {
    session: () => serving?.session,
    committed(position) {
      floor = Math.max(floor, position)
    },
    failed,
    update,
    async close() {
      looking?.abort(found)
      looking = undefined
      drop()
    },
  }
}

const found = new Error('there is a primary')

async function headOf(client: Client): Promise<number> {
  const { rows } = await client.query<{ head: number }>(
    'select coalesce(max(position), 0) as head from platform.stream_topic',
  )
  return rows[0]?.head ?? 0
}
