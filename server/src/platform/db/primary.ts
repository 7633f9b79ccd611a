import pg from 'pg'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { type ConnectionTarget, type Host, parseConnectionUrl } from './connection-url.ts'
import { valueParsers } from './value-parsers.ts'

/**
 * Keeps a pool of connections to whichever of the configured hosts accepts writes. No DNS and no proxy is
 * needed: after a failure every host is asked at once, and the first that is not in recovery is used.
 */
export type Primary = {
  pool(): Promise<pg.Pool>
  /** A connection outside the pool, for LISTEN and session locks. The caller ends it. */
  connect(): Promise<pg.Client>
  /** Says that this pool failed; the next call of `pool` looks for the primary again. */
  lost(pool: pg.Pool): void
  close(): Promise<void>
}

export type PrimaryOptions = { url: string; poolSize: number; applicationName: string }

const connectTimeoutMs = 2000

export function createPrimary(deps: { log: Log; clock: Clock }, options: PrimaryOptions): Primary {
  const target = parseConnectionUrl(options.url)
  let current: { pool: pg.Pool; host: Host } | undefined
  let search: Promise<{ pool: pg.Pool; host: Host }> | undefined
  const retired = new Set<Promise<void>>()
  let closing = false

  async function find() {
    const host = target.hosts.length === 1 ? target.hosts[0] : await firstWritable(target, options)
    if (!host) throw new Error('no database host is configured')
    const pool = new pg.Pool({
      ...clientConfig(target, host, options),
      max: options.poolSize,
      idleTimeoutMillis: 60_000,
    })
    pool.on('error', (error) => {
      if (!closing) deps.log.warn({ err: error }, 'an idle database connection broke')
    })
    // The pool listens only to idle clients. One that is in use says so to its query; unheard, the same error would end the process.
    pool.on('connect', (client) => client.on('error', () => undefined))
    deps.log.info({ host: host.host, port: host.port }, 'using database')
    return { pool, host }
  }

  async function use() {
    if (current) return current
    search ??= find()
    try {
      current = await search
    } finally {
      search = undefined
    }
    return current
  }

  return {
    pool: async () => (await use()).pool,
    async connect() {
      const { host } = await use()
      const client = new pg.Client(clientConfig(target, host, options))
      await client.connect()
      return client
    },
    lost(pool) {
      // With one host there is nowhere else to look: its pool replaces broken connections by itself.
      if (current?.pool !== pool || target.hosts.length === 1) return
      current = undefined
      const ending = pool
        .end()
        .catch(() => undefined)
        .finally(() => retired.delete(ending))
      retired.add(ending)
    },
    async close() {
      closing = true
      await current?.pool.end()
      await Promise.all(retired)
    },
  }
}

async function firstWritable(target: ConnectionTarget, options: PrimaryOptions): Promise<Host> {
  return Promise.any(
    target.hosts.map(async (host) => {
      const client = new pg.Client(clientConfig(target, host, options))
      try {
        await client.connect()
        const { rows } = await client.query<{ standby: boolean }>('select pg_is_in_recovery() as standby')
        if (rows[0]?.standby) throw new Error(`${host.host}:${host.port} is a standby`)
        return host
      } finally {
        client.end().catch(() => undefined)
      }
    }),
  ).catch((error: AggregateError) => {
    throw Object.assign(new Error('no database host accepts writes', { cause: error }), {
      code: 'ECONNREFUSED',
    })
  })
}

function clientConfig(
  target: ConnectionTarget,
  { host, port }: Host,
  options: PrimaryOptions,
): pg.ClientConfig {
  return {
    host,
    port,
    database: target.database,
    ...(target.user ? { user: target.user } : {}),
    ...(target.password === undefined ? {} : { password: target.password }),
    application_name: options.applicationName,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    // Statements given at once travel together and run in that order: one round trip instead of one each.
    pipeline: true,
    statement_timeout: 60_000,
    idle_in_transaction_session_timeout: 60_000,
    types: valueParsers,
  }
}
