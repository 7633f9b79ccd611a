import { hash } from 'node:crypto'
import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { type Sql, sql } from '../../../platform/db/sql.ts'
import { checkAmount } from '../payments/check.ts'
import type { People } from '../people/people.ts'
import type { Purses } from '../purses/purses.ts'
import { refuse } from '../refusals.ts'
import type { Remittances } from '../remittances/remittances.ts'
import { type Remittance, type RemittanceState, referenceOf } from '../remittances/rows.ts'

export type AskRequest = {
  asker: string
  id: string
  currency: string
  note?: string
  shares: readonly { person: string; amount: bigint }[]
}

/** What one person has been asked for. It is paid when its remittance has arrived. */
export type Share = {
  person: string
  amount: bigint
  reference: string | null
  state: RemittanceState | null
}
export type Ask = Omit<AskRequest, 'note' | 'shares'> & {
  note: string | null
  withdrawn: boolean
  placedAtMs: number
  shares: Share[]
}

/** Asking people for money: one, or several who share a bill. Who may see an ask are its asker and those who are asked. */
export type Asks = {
  ask(request: AskRequest): Promise<Ask>
  read(userId: string, asker: string, id: string): Promise<Ask>
  /** Of the person, or to them; the newest first, at most 100. */
  list(userId: string, limit: number): Promise<Ask[]>
  /** What is under way or paid stays so. */
  withdraw(asker: string, id: string): Promise<Ask>
  /** Pays the person's share by a remittance under an id of theirs. Throws `wallet.ask_settled` when another one does already. */
  pay(userId: string, ask: { asker: string; id: string; remittance: string }): Promise<Remittance>
}

type Deps = { db: Database; clock: Clock; people: People; purses: Purses; remittances: Remittances }

const sharesMax = 100
const listMax = 100
/** As long as its remittance is one of those, nobody pays a share again. */
const paying = ['new', 'sent', 'claiming', 'claimed', 'cancelling']

export function createAsks(deps: Deps): Asks {
  const { db, remittances } = deps

  async function read(userId: string, asker: string, id: string): Promise<Ask> {
    const [found] = await select(db, sql`ask.asker = ${asker} and ask.id = ${id}`)
    if (!found || !(asker === userId || found.shares.some(({ person }) => person === userId)))
      throw refuse('wallet.ask_unknown')
    return found
  }

  return {
    async ask(request) {
      await write(deps, request)
      return read(request.asker, request.asker, request.id)
    },
    read,
    list: (userId, limit) =>
      select(
        db,
        sql`(ask.asker = ${userId} or exists (
          select from wallet.ask_share as mine where mine.person = ${userId} and mine.asker = ask.asker and mine.id = ask.id))
          order by ask.placed_at_ms desc, ask.asker, ask.id limit ${Math.min(limit, listMax)}`,
      ),
    async withdraw(asker, id) {
      await db.run(sql`update wallet.ask set withdrawn = true where asker = ${asker} and id = ${id}`)
      return read(asker, asker, id)
    },
    async pay(userId, { asker, id, remittance }) {
      const { currency, note, shares } = await read(userId, asker, id)
      const amount = shares.find(({ person }) => person === userId)?.amount
      if (amount === undefined) throw refuse('wallet.ask_unknown')
      const paidBy = await take(db, { userId, asker, id, remittance })
      const to = { userId: asker }
      return remittances.send({
        sender: userId,
        id: paidBy,
        to,
        currency,
        amount,
        ...(note !== null && { note }),
      })
    },
  }
}

async function write({ db, clock, people, purses }: Deps, request: AskRequest): Promise<void> {
  const { asker, id, currency, note = null, shares } = request
  if (shares.length < 1 || shares.length > sharesMax)
    throw refuse('wallet.request_malformed', `From 1 to ${sharesMax} people are asked.`)
  for (const { person, amount } of shares) {
    checkAmount(amount)
    if (person === asker) throw refuse('wallet.self_payment')
  }
  const persons = shares.map(({ person }) => person)
  if (new Set(persons).size < persons.length)
    throw refuse('wallet.request_malformed', 'Everybody is asked once.')
  await purses.open(asker, currency)
  for (const person of persons) await people.require(person)
  const amounts = shares.map(({ amount }) => amount)
  const body = JSON.stringify([currency, note, persons, amounts.map(String)])
  const digest = hash('sha256', body, 'base64url')
  await db.transaction(async (tx) => {
    const written = await tx.run(sql`
      insert into wallet.ask (asker, id, digest, currency, note, withdrawn, placed_at_ms)
      values (${asker}, ${id}, ${digest}, ${currency}, ${note}, false, ${clock.now()}) on conflict do nothing`)
    if (written > 0) {
      await tx.run(sql`
        insert into wallet.ask_share (asker, id, person, amount)
        select ${asker}, ${id}, * from unnest(${persons}::text[], ${amounts}::bigint[])`)
      return
    }
    const [earlier] = await tx.rows<{ digest: string }>(sql`
      select digest from wallet.ask where asker = ${asker} and id = ${id}`)
    if (earlier?.digest !== digest) throw refuse('wallet.id_reused')
  })
}

/**
 * Writes down which remittance pays the share, before it is sent, and gives its id. Of two at once the second is refused; or, while the
 * first has not been sent, perhaps because its node died, it is sent for it.
 */
async function take(
  db: Database,
  { userId, asker, id, remittance }: { userId: string; asker: string; id: string; remittance: string },
): Promise<string> {
  const reference = referenceOf(userId, remittance)
  const share = sql`share.asker = ${asker} and share.id = ${id} and share.person = ${userId}`
  const taken = await db.run(sql`
    update wallet.ask_share as share set remittance = ${remittance}, reference = ${reference}
    where ${share} and (share.reference = ${reference} or (
      not exists (select from wallet.ask where ask.asker = share.asker and ask.id = share.id and withdrawn)
      and (share.reference is null or exists (select from wallet.remittance
        where remittance.reference = share.reference and not remittance.state = any(${paying})))))`)
  if (taken > 0) return remittance
  const [unsent] = await db.rows<{ remittance: string }>(sql`
    select remittance from wallet.ask_share as share where ${share} and share.reference is not null
      and not exists (select from wallet.remittance where remittance.reference = share.reference)`)
  if (!unsent) throw refuse('wallet.ask_settled')
  return unsent.remittance
}

async function select(db: Database, condition: Sql): Promise<Ask[]> {
  const rows = await db.rows<
    Omit<Ask, 'shares'> & { shares: (Omit<Share, 'amount'> & { amount: string })[] }
  >(sql`
    select ask.asker, ask.id, ask.currency, ask.note, ask.withdrawn, ask.placed_at_ms as "placedAtMs", (
      select json_agg(json_build_object('person', share.person, 'amount', share.amount::text, 'reference', share.reference,
        'state', remittance.state) order by share.person)
      from wallet.ask_share as share left join wallet.remittance on remittance.reference = share.reference
      where share.asker = ask.asker and share.id = ask.id
    ) as shares
    from wallet.ask where ${condition}`)
  return rows.map(({ shares, ...ask }) => ({
    ...ask,
    shares: shares.map((share) => ({ ...share, amount: BigInt(share.amount) })),
  }))
}
