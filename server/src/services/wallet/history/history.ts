import { type Sql, sql } from '../../../platform/db/sql.ts'
import { fold } from '../../../platform/folded-text.ts'
import { refuse } from '../refusals.ts'
import { type HistoryDeps, readOn } from './read-on.ts'

export type Activity = {
  position: number
  atMs: number
  /** Above zero for what came in. */
  amount: bigint
  balance: bigint
  kind: string
  title: string
  note: string | null
  person: string | null
  /** What names it for whoever has to look it up. */
  request: string
}

export type HistoryQuery = {
  /** All of these words are in the title, the note or the person. */
  search?: string
  kind?: string
  direction?: 'in' | 'out'
  fromMs?: number
  toMs?: number
  /** Those before this position only. */
  before?: number
  limit: number
}

/** What came in and went out by kind of activity in a month. */
export type MonthSum = { month: string; kind: string; count: number; in: bigint; out: bigint }

export type History = {
  /** The newest first. */
  list(userId: string, currency: string, query: HistoryQuery): Promise<Activity[]>
  activity(userId: string, currency: string, position: number): Promise<Activity>
  /** From one month to another, both included, such as 2026-11. */
  months(userId: string, currency: string, range: { from: string; to: string }): Promise<MonthSum[]>
}

const limitMax = 100
const wordsMax = 10
const sumsMax = 2_000

export function createHistory(deps: HistoryDeps): History {
  return {
    async list(userId, currency, query) {
      await readOn(deps, userId, currency)
      return select(deps, userId, currency, query)
    },
    async activity(userId, currency, position) {
      await readOn(deps, userId, currency)
      const [found] = await select(deps, userId, currency, { at: position, limit: 1 })
      if (!found) throw refuse('wallet.activity_unknown')
      return found
    },
    async months(userId, currency, { from, to }) {
      await readOn(deps, userId, currency)
      return deps.db.rows<MonthSum>(sql`
        select month, kind, count(*) as count, coalesce(sum(amount) filter (where amount > 0), 0)::numeric as in,
          coalesce(-sum(amount) filter (where amount < 0), 0)::numeric as out
        from wallet.activity where user_id = ${userId} and currency = ${currency} and month between ${from} and ${to}
        group by month, kind order by month, kind limit ${sumsMax}`)
    },
  }
}

function select(
  { db }: HistoryDeps,
  userId: string,
  currency: string,
  query: HistoryQuery & { at?: number },
): Promise<Activity[]> {
  const { search = '', kind, direction, fromMs, toMs, before, at, limit } = query
  const words = fold(search).split(/\s+/).filter(Boolean).slice(0, wordsMax)
  const where: Sql[] = [sql`user_id = ${userId} and currency = ${currency}`]
  if (at !== undefined) where.push(sql`and position = ${at}`)
  if (before !== undefined) where.push(sql`and position < ${before}`)
  if (kind !== undefined) where.push(sql`and kind = ${kind}`)
  if (direction !== undefined) where.push(direction === 'in' ? sql`and amount > 0` : sql`and amount < 0`)
  if (fromMs !== undefined) where.push(sql`and at_ms >= ${fromMs}`)
  if (toMs !== undefined) where.push(sql`and at_ms <= ${toMs}`)
  if (words.length > 0)
    where.push(
      sql`and not exists (select from unnest(${words}::text[]) as word where strpos(search, word) = 0)`,
    )
  const condition = where.reduce((all, one) => sql`${all} ${one}`)
  return db.rows<Activity>(sql`
    select position, at_ms as "atMs", amount::numeric as amount, balance::numeric as balance, kind, title, note, person, request
    from wallet.activity where ${condition} order by position desc limit ${Math.min(limit, limitMax)}`)
}
