import type { QueryResult } from 'pg'
import type { Sql } from './sql.ts'

/**
 * Lets identical reads that wait for a connection at the same time be one query: a cold cache, or everybody who comes back
 * at once after an outage, asks the database once. Only a read that has not begun is shared, so whoever joins it sees
 * everything that was committed before they asked.
 */
export type SharedReads = {
  /** `run` calls `begins` when its query is about to be sent. */
  read(sql: Sql, run: (begins: () => void) => Promise<QueryResult>): Promise<QueryResult>
}

export function createSharedReads(): SharedReads {
  const waiting = new Map<string, Promise<QueryResult>>()

  return {
    async read(sql, run) {
      const key = keyOf(sql)
      if (key === undefined) return run(() => undefined)
      const earlier = waiting.get(key)
      // Rows of their own, because callers may add to what they are given.
      if (earlier) return copyOf(await earlier)
      const result = run(() => {
        if (waiting.get(key) === result) waiting.delete(key)
      })
      waiting.set(key, result)
      try {
        return await result
      } finally {
        if (waiting.get(key) === result) waiting.delete(key)
      }
    },
  }
}

/** Long lists are hardly ever asked for twice, and comparing them would cost more than it saves. */
const listMax = 16

/** What tells identical reads; undefined for one that is not worth comparing. */
function keyOf({ text, values }: Sql): string | undefined {
  let key = text
  for (const value of values) {
    if (Array.isArray(value) && value.length > listMax) return undefined
    key += Buffer.isBuffer(value) ? `\n${value.toString('base64')}` : `\n${JSON.stringify(value, plain)}`
  }
  return key
}

function plain(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value
}

function copyOf(result: QueryResult): QueryResult {
  return { ...result, rows: result.rows.map((row) => ({ ...row })) }
}
