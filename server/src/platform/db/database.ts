import { AsyncLocalStorage } from 'node:async_hooks'
import type pg from 'pg'
import { Registry } from 'prom-client'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Random } from '../random.ts'
import { Outage } from '../refusal.ts'
import type { Client } from './client.ts'
import { parseConnectionUrl } from './connection-url.ts'
import { type ConnectionsOptions, createConnections, type DatabaseState, type Use } from './connections.ts'
import { classifyFailure, codeOf } from './errors.ts'
import { createSharedReads } from './shared-reads.ts'
import type { Sql } from './sql.ts'

/** Runs statements inside one transaction. Those started without waiting for one another run in that order, in one round trip. */
export type Tx = {
  /** Runs one statement and gives its rows. */
  rows<Row extends object>(query: Sql): Promise<Row[]>
  /** Runs one statement and gives the number of rows it touched. */
  run(query: Sql): Promise<number>
  /** Runs SQL text of several statements without parameters: for migrations only. */
  script(text: string): Promise<void>
}

/**
 * The engine of record. During a fail-over calls wait up to `outageWaitMs` for a primary and then throw
 * `Outage`; a write whose commit was sent and never answered throws `Outage` at once, because only
 * the caller, who repeats it with the same id, can make that safe. A plain select outside a transaction is
 * answered by a standby while there is no primary: it has all that `committed` was told of, and may lack what was
 * written elsewhere in the last moments.
 */
export type Database = Omit<Tx, 'script'> & {
  /** Runs `work` in one transaction (read committed); runs it again after a conflict or a lost connection before commit. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Everything that `work` reads comes from a primary, and is not refused because many others wait: for what keeps a node in step. */
  onPrimary<T>(work: () => Promise<T>): Promise<T>
  /**
   * All that `work` writes may be written twice without harm, because it carries an id or is the same however often it is done. So
   * when the answer to a commit is lost, the transaction is run again instead of failing: callers do not notice a fail-over.
   */
  repeatable<T>(work: () => Promise<T>): Promise<T>
  /** A connection to the primary outside the pool, for LISTEN and session locks. The caller ends it. */
  connect(): Promise<pg.Client>
  /** Says that this stream position is committed: a standby that lacks it is not read from. */
  committed(position: number): void
  state(): DatabaseState
  /** Reads were just answered by a standby: that something is not there must not be told as final. */
  maybeStale(): boolean
  close(): Promise<void>
}

export type DatabaseOptions = Omit<ConnectionsOptions, 'waitingMax'> & {
  waitingMax?: number
  /** How long a single host may leave a statement without an answer. Of several, probes tell which one is silent. */
  answerMaxMs?: number
}
type Deps = { log: Log; clock: Clock; random: Random; metrics?: Registry }
type Phase = { sent: boolean }
type Mode = { admitted?: boolean; repeatable?: boolean }

/** Longer than a statement may run (`statement_timeout`): a server that is there has answered by then. */
const answerMaxUsualMs = 65_000
const conflictRetriesMax = 8
/** A few hundred bytes each; what a healthy database answers in well under a second. */
const waitingMaxUsual = 5000

export function createDatabase(deps: Deps, given: DatabaseOptions): Database {
  const options = { waitingMax: waitingMaxUsual, ...given }
  const connections = createConnections({ ...deps, metrics: deps.metrics ?? new Registry() }, options)
  const shared = createSharedReads()
  const modes = new AsyncLocalStorage<Mode>()
  const alone = parseConnectionUrl(options.url).hosts.length === 1
  const answerMaxMs = alone ? (options.answerMaxMs ?? answerMaxUsualMs) : undefined

  async function attempt<T>(use: Use, waitMs: number, phase: Phase, work: Work<T>): Promise<T> {
    const lease = await connections.lend(use, waitMs)
    try {
      const result = await work(lease.client, phase)
      if (lease.client.unconfirmed) {
        connections.unconfirmed()
        throw unconfirmed()
      }
      connections.giveBack(lease)
      return result
    } catch (error) {
      if (classifyFailure(error) !== 'outage') phase.sent = false
      connections.giveBack(lease, error)
      throw error
    }
  }

  /** `phase.sent` is set while an outage would leave it unknown whether the write happened. */
  async function withPatience<T>(read: boolean, work: Work<T>): Promise<T> {
    const { admitted = false, repeatable = false } = modes.getStore() ?? {}
    const startedAt = deps.clock.now()
    for (let tries = 1; ; tries++) {
      const phase = { sent: false }
      const waitMs = tries === 1 ? options.outageWaitMs : startedAt + options.outageWaitMs - deps.clock.now()
      try {
        return await attempt({ read: read && !admitted, admitted }, waitMs, phase, work)
      } catch (error) {
        if (error instanceof Outage) throw error
        const failure = classifyFailure(error)
        if (failure === 'defect' || (failure === 'conflict' && tries > conflictRetriesMax)) throw error
        const unknown = phase.sent && (!repeatable || codeOf(error) === unconfirmedCode)
        if (failure === 'outage' && (unknown || deps.clock.now() >= startedAt + options.outageWaitMs)) {
          throw new Outage(
            unknown ? 'the database went away before it confirmed a write' : 'the database cannot be reached',
            { cause: error },
          )
        }
        await deps.clock.sleep(
          failure === 'conflict' ? 1 + deps.random.below(10 * tries) : 50 + deps.random.below(100),
        )
      }
    }
  }

  function query(sql: Sql): Promise<pg.QueryResult> {
    if (!isRead(sql)) {
      return withPatience(false, (client, phase) => {
        phase.sent = true
        return execute(client, sql, answerMaxMs)
      })
    }
    const read = (begins: () => void) =>
      withPatience(true, (client) => {
        begins()
        return execute(client, sql, answerMaxMs)
      })
    return modes.getStore()?.admitted ? read(() => undefined) : shared.read(sql, read)
  }

  return {
    rows: async <Row extends object>(sql: Sql) => (await query(sql)).rows as Row[],
    run: async (sql) => (await query(sql)).rowCount ?? 0,
    transaction: (work) =>
      withPatience(false, (client, phase) => runTransaction(client, phase, work, answerMaxMs)),
    onPrimary: (work) => modes.run({ ...modes.getStore(), admitted: true }, work),
    repeatable: (work) => modes.run({ ...modes.getStore(), repeatable: true }, work),
    connect: () => connections.connect(options.outageWaitMs),
    committed: connections.committed,
    state: connections.state,
    maybeStale: connections.maybeStale,
    close: connections.close,
  }
}

/** Transaction resolution unknown. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const unconfirmedCode = '08007'

/**
 * A commit that other sites may lack: nobody can tell what becomes of it. It is never run again, because the server that shows it to
 * itself goes on: asked once more it would say that the work is done.
 */
function unconfirmed(): Error {
  return Object.assign(new Error('the commit was not confirmed by another site'), { code: unconfirmedCode })
}

type Work<T> = (client: Client, phase: Phase) => Promise<T>

async function runTransaction<T>(
  client: Client,
  phase: Phase,
  work: (tx: Tx) => Promise<T>,
  answerMaxMs: number | undefined,
): Promise<T> {
  const plain = (text: string) => client.query(bounded({ text }, answerMaxMs))
  // Not awaited: it travels with the first statement. Should it fail, so do all that follow.
  const begun = plain('begin')
  begun.catch(() => undefined)
  let result: T
  try {
    result = await work({
      rows: async <Row extends object>(sql: Sql) => (await execute(client, sql, answerMaxMs)).rows as Row[],
      run: async (sql) => (await execute(client, sql, answerMaxMs)).rowCount ?? 0,
      script: async (text) => void (await client.query(text)),
    })
  } catch (error) {
    if (classifyFailure(error) !== 'outage') await plain('rollback')
    throw error
  }
  await begun
  phase.sent = true
  await plain('commit')
  return result
}

/** A plain select may be repeated after its answer was lost. */
function isRead(sql: Sql): boolean {
  return (
    /^\s*select\b/i.test(sql.text) && !/\b(for\s+(update|share|no\s+key)|nextval|pg_notify)\b/i.test(sql.text)
  )
}

const statementNames = new Map<string, string>()
const statementNamesMax = 2000

/** Statements are prepared once per connection and named by their text, so that planning is paid once. */
function execute(client: Client, sql: Sql, answerMaxMs: number | undefined): Promise<pg.QueryResult> {
  let name = statementNames.get(sql.text)
  if (name === undefined && statementNames.size < statementNamesMax) {
    name = `s${statementNames.size}`
    statementNames.set(sql.text, name)
  }
  const query = { text: sql.text, values: [...sql.values], ...(name === undefined ? {} : { name }) }
  return client.query(bounded(query, answerMaxMs))
}

/** When no answer has come by then, the connection is destroyed: whatever else waits on it fails too. */
function bounded(query: pg.QueryConfig, answerMaxMs: number | undefined): pg.QueryConfig {
  return answerMaxMs === undefined ? query : Object.assign(query, { query_timeout: answerMaxMs })
}
