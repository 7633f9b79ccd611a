import type pg from 'pg'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Random } from '../random.ts'
import { Outage } from '../refusal.ts'
import { classifyFailure } from './errors.ts'
import { createPrimary, type PrimaryOptions } from './primary.ts'
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
 * the caller, who repeats it with the same id, can make that safe.
 */
export type Database = Omit<Tx, 'script'> & {
  /** Runs `work` in one transaction (read committed); runs it again after a conflict or a lost connection before commit. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** A connection outside the pool, for LISTEN and session locks. The caller ends it. */
  connect(): Promise<pg.Client>
  close(): Promise<void>
}

export type DatabaseOptions = PrimaryOptions & { outageWaitMs: number }
type Deps = { log: Log; clock: Clock; random: Random }
type Phase = { sent: boolean }

const conflictRetriesMax = 8

export function createDatabase(deps: Deps, options: DatabaseOptions): Database {
  const primary = createPrimary(deps, options)

  async function attempt<T>(phase: Phase, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const pool = await primary.pool()
    let client: pg.PoolClient | undefined
    try {
      client = await pool.connect()
      const result = await work(client)
      client.release()
      return result
    } catch (error) {
      const outage = classifyFailure(error) === 'outage'
      client?.release(outage)
      if (outage) primary.lost(pool)
      else phase.sent = false
      throw error
    }
  }

  /** `phase.sent` is set while an outage would leave it unknown whether the write happened. */
  async function withPatience<T>(work: (client: pg.PoolClient, phase: Phase) => Promise<T>): Promise<T> {
    const deadline = deps.clock.now() + options.outageWaitMs
    for (let tries = 1; ; tries++) {
      const phase = { sent: false }
      try {
        return await attempt(phase, (client) => work(client, phase))
      } catch (error) {
        const failure = classifyFailure(error)
        if (failure === 'defect' || (failure === 'conflict' && tries > conflictRetriesMax)) throw error
        if (failure === 'outage' && (phase.sent || deps.clock.now() >= deadline)) {
          throw new Outage(
            phase.sent
              ? 'the database went away before it confirmed a write'
              : 'the database cannot be reached',
            { cause: error },
          )
        }
        await deps.clock.sleep(
          failure === 'conflict' ? 1 + deps.random.below(10 * tries) : 50 + deps.random.below(100),
        )
      }
    }
  }

  const query = (sql: Sql) =>
    withPatience(async (client, phase) => {
      phase.sent = !isRead(sql)
      return execute(client, sql)
    })

  return {
    rows: async <Row extends object>(sql: Sql) => (await query(sql)).rows as Row[],
    run: async (sql) => (await query(sql)).rowCount ?? 0,
    transaction: (work) => withPatience((client, phase) => runTransaction(client, phase, work)),
    connect: () => primary.connect(),
    close: () => primary.close(),
  }
}

async function runTransaction<T>(
  client: pg.PoolClient,
  phase: Phase,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  // Not awaited: it travels with the first statement. Should it fail, so do all that follow.
  const begun = client.query('begin')
  begun.catch(() => undefined)
  let result: T
  try {
    result = await work({
      rows: async <Row extends object>(sql: Sql) => (await execute(client, sql)).rows as Row[],
      run: async (sql) => (await execute(client, sql)).rowCount ?? 0,
      script: async (text) => void (await client.query(text)),
    })
  } catch (error) {
    if (classifyFailure(error) !== 'outage') await client.query('rollback')
    throw error
  }
  await begun
  phase.sent = true
  await client.query('commit')
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
function execute(client: pg.PoolClient, sql: Sql): Promise<pg.QueryResult> {
  let name = statementNames.get(sql.text)
  if (name === undefined && statementNames.size < statementNamesMax) {
    name = `s${statementNames.size}`
    statementNames.set(sql.text, name)
  }
  return client.query({ text: sql.text, values: [...sql.values], ...(name === undefined ? {} : { name }) })
}
