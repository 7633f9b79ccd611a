import type { Outcome } from '../../../platform/batch.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { JsonObject } from '../../../platform/json.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import { announce } from '../person.ts'

export type WantedKey = { userId: string; deviceId: string; algorithm: string }
/** `name` is `<algorithm>:<key id>`. */
export type ClaimedKey = WantedKey & { name: string; key: string | JsonObject }

type Deps = { db: Database; stream: Stream; clock: Clock }
type Wish = WantedKey & { count: number }
type Row = { n: number; key_id: string; key: string | JsonObject; first_use: boolean }

/**
 * Gives each request its keys: one-time keys in the order of their upload, each once ever, then the fallback key. A device without
 * any is left out. That a key is taken is durable before anybody is answered; when an answer
 * is lost the key is lost with it, and the next request gets another.
 *
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysclaim
 */
export async function claimAll(
  deps: Deps,
  requests: readonly (readonly WantedKey[])[],
): Promise<Outcome<ClaimedKey[]>[]> {
  const wishes = gather(requests)
  const { position, rows } = await deps.db.transaction(async (tx) => {
    const oneTime = await takeOneTimeKeys(tx, wishes, deps.clock.now())
    const given = countBy(oneTime)
    const unserved = wishes.map((wish, index) => ({
      ...wish,
      count: wish.count - (given.get(index + 1) ?? 0),
    }))
    const fallback = unserved.some(({ count }) => count > 0) ? await useFallbackKeys(tx, unserved) : []
    const changed = new Set([...oneTime, ...fallback.filter((row) => row.first_use)].map(({ n }) => n))
    const stocks = wishes.filter((_, index) => changed.has(index + 1))
    const position = stocks.length > 0 ? await announce(tx, deps.stream, { stocks }) : undefined
    return { position, rows: { oneTime, fallback } }
  })
  if (position !== undefined) deps.stream.committed(position)

  const oneTime = Map.groupBy(rows.oneTime, ({ n }) => n)
  const fallback = new Map(rows.fallback.map((row) => [row.n, row]))
  const indexOf = new Map(wishes.map((wish, index) => [wishKey(wish), index + 1]))
  return requests.map((wanted) => ({
    value: wanted.flatMap((want): ClaimedKey[] => {
      const n = indexOf.get(wishKey(want)) ?? 0
      const row = oneTime.get(n)?.shift() ?? fallback.get(n)
      return row ? [{ ...want, name: `${want.algorithm}:${row.key_id}`, key: row.key }] : []
    }),
  }))
}

/** One wish per device and algorithm, with the number of requests that share it. */
function gather(requests: readonly (readonly WantedKey[])[]): Wish[] {
  const wishes = new Map<string, Wish>()
  for (const want of requests.flat()) {
    const wish = wishes.get(wishKey(want)) ?? { ...want, count: 0 }
    wish.count++
    wishes.set(wishKey(want), wish)
  }
  return [...wishes.values()]
}

function wishKey({ userId, deviceId, algorithm }: WantedKey): string {
  return JSON.stringify([userId, deviceId, algorithm])
}

/** Rows that another claim has locked are passed over, so two claims never wait for each other nor meet. */
async function takeOneTimeKeys(tx: Tx, wishes: readonly Wish[], now: number): Promise<Row[]> {
  return tx.rows<Row>(sql`
    with wish as (${unnested(wishes)}),
    chosen as (
      select wish.n, key.* from wish cross join lateral (
        select user_id, device_id, algorithm, key_id from keys.one_time_key
        where user_id = wish.user_id and device_id = wish.device_id and algorithm = wish.algorithm
          and claimed_at_ms is null
        order by ordinal limit wish.count
        for update skip locked
      ) as key
    ),
    taken as (
      update keys.one_time_key key set claimed_at_ms = ${now} from chosen
      where key.user_id = chosen.user_id and key.device_id = chosen.device_id
        and key.algorithm = chosen.algorithm and key.key_id = chosen.key_id
      returning chosen.n, key.ordinal, key.key_id, key.key
    )
    select n, key_id, key, false as first_use from taken order by n, ordinal`)
}

async function useFallbackKeys(tx: Tx, wishes: readonly Wish[]): Promise<Row[]> {
  return tx.rows<Row>(sql`
    with wish as (${unnested(wishes)}),
    used as (
      update keys.fallback_key key set used = true from wish
      where key.user_id = wish.user_id and key.device_id = wish.device_id and key.algorithm = wish.algorithm
        and wish.count > 0 and not key.used
      returning wish.n
    )
    select wish.n, key.key_id, key.key, wish.n in (select n from used) as first_use
    from wish join keys.fallback_key key using (user_id, device_id, algorithm)
    where wish.count > 0`)
}

function unnested(wishes: readonly Wish[]) {
  return sql`
    select * from unnest(
      ${wishes.map(({ userId }) => userId)}::text[], ${wishes.map(({ deviceId }) => deviceId)}::text[],
      ${wishes.map(({ algorithm }) => algorithm)}::text[], ${wishes.map(({ count }) => count)}::int[]
    ) with ordinality as wish (user_id, device_id, algorithm, count, n)`
}

function countBy(rows: readonly Row[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { n } of rows) counts.set(n, (counts.get(n) ?? 0) + 1)
  return counts
}
