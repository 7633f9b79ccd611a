import pg from 'pg'
import type { Log } from '../log.ts'
import { Client, clientConfig } from './client.ts'
import type { ConnectionTarget, Host } from './connection-url.ts'

/** All connections of this node to one host, for as long as that host plays the part for which it was chosen. */
export type Session = {
  readonly host: Host
  /** Takes a place when there is one: the pool itself never makes anybody wait. `give` hands it back. */
  reserve(): boolean
  /** The connection for a place taken. A session to a primary refuses a server that has become a standby (25006). */
  open(): Promise<Client>
  /** Hands back a place and its connection; one that is `broken` is not used again. */
  give(client: Client | undefined, broken: boolean): void
  /** A connection outside the pool, for LISTEN and session locks. The caller ends it. */
  connect(): Promise<pg.Client>
  /** Destroys the sockets of these connections, so that whatever is in flight on them fails now. */
  cut(clients: Iterable<Client>): void
  /** Destroys every connection. The session must not be used any more. */
  cutAll(): void
  /** Lets what is in flight end, then closes. */
  end(): Promise<void>
}

export type SessionOptions = { poolSize: number; applicationName: string }

/** Nothing is read from a server that has just been demoted: it shows commits which nobody confirmed, and another may take them back. */
const notPrimary = () => Object.assign(new Error('this host is no primary'), { code: '25006' })

const idleTimeoutMs = 60_000

export function createSession(
  deps: { log: Log },
  target: ConnectionTarget,
  host: Host,
  { primary, ...options }: SessionOptions & { primary: boolean },
): Session {
  const config = clientConfig(target, host, options.applicationName)
  const open = new Set<Client>()
  let taken = 0
  let ended: Promise<void> | undefined

  /** Every connection of this session, pooled or not, registers itself from its first moment on. */
  class SessionClient extends Client {
    constructor() {
      super(config)
      open.add(this)
      this.socket.once('close', () => open.delete(this))
    }
  }

  const pool = new pg.Pool({
    max: options.poolSize,
    idleTimeoutMillis: idleTimeoutMs,
    Client: SessionClient,
  })
  pool.on('error', (error) => {
    if (!ended) deps.log.warn({ err: error, host: host.host }, 'an idle database connection broke')
  })
  // The pool listens only to idle clients. One that is in use says so to its query; unheard, the same error would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined))

  function cut(clients: Iterable<Client>): void {
    const reason = Object.assign(new Error('the database host is no longer used'), { code: 'ECONNRESET' })
    for (const { socket } of [...clients]) socket.destroy(reason)
  }

  function end(): Promise<void> {
    ended ??= pool.end().catch(() => undefined)
    return ended
  }

  return {
    host,
    reserve() {
      if (ended || taken >= options.poolSize) return false
      taken++
      return true
    },
    async open() {
      const lent = await pool.connect()
      const client = lent as unknown as Client
      if (!primary || !client.inHotStandby) return client
      lent.release(true)
      throw notPrimary()
    },
    give(client, broken) {
      taken--
      ;(client as unknown as pg.PoolClient | undefined)?.release(broken)
    },
    async connect() {
      const client = new SessionClient()
      client.on('error', () => undefined)
      await client.connect()
      if (!primary || !client.inHotStandby) return client
      await client.end()
      throw notPrimary()
    },
    cut,
    cutAll() {
      cut(open)
      end().catch(() => undefined)
    },
    end,
  }
}
