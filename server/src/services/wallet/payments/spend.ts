import type { Registry } from 'prom-client'
import { createBatcher, type Outcome } from '../../../platform/batch.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Limits, WalletSettings } from '../config.ts'
import { refuse } from '../refusals.ts'

/** `id` is the request's name among those of all clients; the digest tells it from another request under that name. */
export type Spending = { userId: string; id: string; digest: string; currency: string; amount: bigint }

/**
 * Counts what a person spends before the ledger is asked to move it, so that two payments at two nodes cannot pass a limit
 * together. The same spending counts once. A node that dies between the two leaves the day's limit that much lower: the
 * caller's repetition finds it counted, and nobody ever spends too much.
 */
export type Spendings = {
  /** Throws `wallet.limit_exceeded`, `wallet.frozen` and `wallet.id_reused`. The purse is open. */
  count(spending: Spending): Promise<void>
  /** Takes it back for one who counted it, because the ledger refused. It goes on counting for others who did. */
  forget(spending: Spending): Promise<void>
  /** Deletes what has counted for a day that is long over. */
  forgetOld(): Promise<void>
}

/** A request that is repeated later still is answered by the ledger, and counts once more for the day of the repetition. */
const keptMs = 35 * 86_400_000
const forgottenAtOnce = 5_000

type Deps = { db: Database; clock: Clock; metrics: Registry; settings: WalletSettings }

type PurseRow = {
  userId: string
  currency: string
  frozen: boolean
  debt: bigint
  transactionMax: bigint | null
  dayMax: bigint | null
  spentDay: string
  spent: bigint
}

export function createSpendings(deps: Deps, dayOf: (atMs: number) => string): Spendings {
  const batcher = createBatcher<Spending, void>(deps, {
    name: 'wallet_spend',
    sizeMax: 256,
    waitingMax: 20_000,
    run: (batch) => deps.db.transaction((tx) => countAll(tx, deps.settings, dayOf(deps.clock.now()), batch)),
  })
  return {
    count: (spending) => batcher.submit(spending),
    async forget({ userId, id }) {
      await deps.db.run(sql`
        with asked as (
          update wallet.spending set asking = asking - 1 where user_id = ${userId} and id = ${id}
          returning asking, currency, amount, day
        ), forgotten as (
          select currency, amount, day from asked where asking = 0
        )
        update wallet.purse set spent = spent - forgotten.amount from forgotten
        where purse.user_id = ${userId} and purse.currency = forgotten.currency and purse.spent_day = forgotten.day`)
    },
    async forgetOld() {
      const oldest = dayOf(deps.clock.now() - keptMs)
      for (;;) {
        const deleted = await deps.db.run(sql`
          delete from wallet.spending where (user_id, id) in (
            select user_id, id from wallet.spending where day < ${oldest} limit ${forgottenAtOnce})`)
        if (deleted < forgottenAtOnce) return
      }
    },
  }
}

/** Judges one after the other, behind the locks on their purses, which are taken in the order of their keys. */
async function countAll(
  tx: Tx,
  settings: WalletSettings,
  day: string,
  batch: readonly Spending[],
): Promise<Outcome<void>[]> {
  const [purses, counted] = await Promise.all([lockPurses(tx, batch), readCounted(tx, batch)])
  const byKey = new Map(purses.map((purse) => [purseKey(purse), purse]))
  const known = new Map(counted.map((spending) => [spendingKey(spending), spending]))
  const asked = new Map<string, { spending: Spending; asking: number }>()
  const changed = new Set<PurseRow>()
  const ask = (spending: Spending): Outcome<void> => {
    const key = spendingKey(spending)
    asked.set(key, { spending, asking: (asked.get(key)?.asking ?? 0) + 1 })
    return { value: undefined }
  }
  const outcomes = batch.map((spending): Outcome<void> => {
    const earlier = known.get(spendingKey(spending))
    if (earlier)
      return earlier.digest === spending.digest ? ask(spending) : { error: refuse('wallet.id_reused') }
    const purse = byKey.get(purseKey(spending))
    if (!purse) return { error: new Error('money is spent from a purse that is not open') }
    const refusal = judge(purse, settings.currencies.get(purse.currency), day, spending.amount)
    if (refusal) return { error: refusal }
    purse.spent = spentOn(purse, day) + spending.amount
    purse.spentDay = day
    changed.add(purse)
    known.set(spendingKey(spending), spending)
    return ask(spending)
  })
  await Promise.all([
    asked.size === 0 ? 0 : writeSpendings(tx, day, [...asked.values()]),
    changed.size === 0 ? 0 : updatePurses(tx, [...changed]),
  ])
  return outcomes
}

function judge(purse: PurseRow, limits: Limits | undefined, day: string, amount: bigint) {
  if (!limits) return refuse('wallet.currency_unsupported')
  if (purse.frozen) return refuse('wallet.frozen')
  if (purse.debt > 0n) return refuse('wallet.in_debt')
  const once = least(limits.transaction, purse.transactionMax)
  if (amount > once) return limitExceeded('transaction', once)
  const left = least(limits.day, purse.dayMax) - spentOn(purse, day)
  if (amount > left) return limitExceeded('day', left > 0n ? left : 0n)
  return undefined
}

/** `allowed` is the most that would have passed, in minor units. */
export function limitExceeded(limit: 'transaction' | 'day' | 'balance' | 'offline', allowed: bigint) {
  return refuse('wallet.limit_exceeded', { extra: { limit, allowed: allowed.toString() } })
}

/** What was spent on this day so far. */
export function spentOn({ spentDay, spent }: Pick<PurseRow, 'spentDay' | 'spent'>, day: string): bigint {
  return spentDay === day ? spent : 0n
}

/** The operator's limit, or the person's own where that is lower. */
export function least(limit: bigint, own: bigint | null): bigint {
  return own !== null && own < limit ? own : limit
}

function purseKey({ userId, currency }: { userId: string; currency: string }): string {
  return `${currency} ${userId}`
}

function spendingKey({ userId, id }: { userId: string; id: string }): string {
  return `${id}\n${userId}`
}

function lockPurses(tx: Tx, batch: readonly Spending[]): Promise<PurseRow[]> {
  return tx.rows<PurseRow>(sql`
    select locked.* from (
      select distinct user_id, currency from unnest(${batch.map(({ userId }) => userId)}::text[],
        ${batch.map(({ currency }) => currency)}::text[]) as spending (user_id, currency)
      order by user_id, currency
    ) as wanted
    cross join lateral (
      select user_id as "userId", currency, frozen, debt::numeric as debt, transaction_max::numeric as "transactionMax",
        day_max::numeric as "dayMax", spent_day as "spentDay", spent::numeric as spent
      from wallet.purse where purse.user_id = wanted.user_id and purse.currency = wanted.currency for no key update
    ) as locked`)
}

function readCounted(tx: Tx, batch: readonly Spending[]): Promise<Spending[]> {
  return tx.rows<Spending>(sql`
    select found.* from unnest(${batch.map(({ userId }) => userId)}::text[], ${batch.map(({ id }) => id)}::text[])
      as wanted (user_id, id)
    cross join lateral (
      select user_id as "userId", id, digest, currency, amount::numeric as amount
      from wallet.spending where spending.user_id = wanted.user_id and spending.id = wanted.id and asking > 0
    ) as found`)
}

function writeSpendings(
  tx: Tx,
  day: string,
  asked: readonly { spending: Spending; asking: number }[],
): Promise<number> {
  const spendings = asked.map(({ spending }) => spending)
  return tx.run(sql`
    insert into wallet.spending (user_id, id, digest, currency, amount, asking, day)
    select *, ${day} from unnest(${spendings.map(({ userId }) => userId)}::text[],
      ${spendings.map(({ id }) => id)}::text[], ${spendings.map(({ digest }) => digest)}::text[],
      ${spendings.map(({ currency }) => currency)}::text[], ${spendings.map(({ amount }) => amount)}::bigint[],
      ${asked.map(({ asking }) => asking)}::int[])
    on conflict (user_id, id) do update set digest = excluded.digest, currency = excluded.currency, amount = excluded.amount,
      asking = spending.asking + excluded.asking, day = case when spending.asking = 0 then excluded.day else spending.day end`)
}

function updatePurses(tx: Tx, purses: readonly PurseRow[]): Promise<number> {
  return tx.run(sql`
    update wallet.purse set spent_day = new.spent_day, spent = new.spent
    from unnest(${purses.map(({ userId }) => userId)}::text[], ${purses.map(({ currency }) => currency)}::text[],
      ${purses.map(({ spentDay }) => spentDay)}::text[], ${purses.map(({ spent }) => spent)}::bigint[])
      as new (user_id, currency, spent_day, spent)
    where purse.user_id = new.user_id and purse.currency = new.currency`)
}
