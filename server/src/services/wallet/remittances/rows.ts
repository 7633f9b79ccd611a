import { hash } from 'node:crypto'
import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { type Sql, sql } from '../../../platform/db/sql.ts'

export type RemittanceState =
  | 'new'
  | 'sent'
  | 'claiming'
  | 'claimed'
  | 'cancelling'
  | 'cancelled'
  | 'returned'
  | 'refused'

export type Remittance = {
  reference: string
  sender: string
  id: string
  digest: string
  recipient: string | null
  email: string | null
  byLink: boolean
  currency: string
  amount: bigint
  note: string | null
  senderName: string
  recipientName: string | null
  state: RemittanceState
  reason: string | null
  arrivesAtMs: number | null
  expiresAtMs: number
  placedAtMs: number
  changedAtMs: number
}

export function referenceOf(sender: string, id: string): string {
  return hash('sha256', `${sender}\n${id}`, 'hex').slice(0, 32)
}

/** Gives the first that meets the condition. */
export async function findRemittance(db: Database, condition: Sql): Promise<Remittance | undefined> {
  const [found] = await selectRemittances(db, sql`${condition} limit 1`)
  return found
}

export function selectRemittances(db: Database, condition: Sql): Promise<Remittance[]> {
  return db.rows<Remittance>(sql`
    select reference, sender, id, digest, recipient, email, link_hash is not null as "byLink", currency,
      amount::numeric as amount, note, sender_name as "senderName", recipient_name as "recipientName", state, reason,
      arrives_at_ms as "arrivesAtMs", expires_at_ms as "expiresAtMs", placed_at_ms as "placedAtMs",
      changed_at_ms as "changedAtMs"
    from wallet.remittance where ${condition}`)
}

type Change = {
  from: RemittanceState
  to: RemittanceState
  reason?: string
  /** Whose it becomes, if it was nobody's. */
  recipient?: { userId: string; name: string }
}

/** Changes the state if it is the one named; false if somebody else has changed it first. */
export async function changeState(
  { db, clock }: { db: Database; clock: Clock },
  reference: string,
  { from, to, reason, recipient }: Change,
): Promise<boolean> {
  const changed = await db.run(sql`
    update wallet.remittance set state = ${to}, reason = ${reason ?? null}, changed_at_ms = ${clock.now()},
      recipient = ${recipientAfter(to, sql`recipient`, recipient?.userId)},
      recipient_name = ${recipientAfter(to, sql`recipient_name`, recipient?.name)}
    where reference = ${reference} and state = ${from}
      and (recipient is null or ${recipient?.userId ?? null}::text is null or recipient = ${recipient?.userId ?? null})`)
  return changed > 0
}

/** What was nobody's is so again when whoever claimed it could not take it. */
function recipientAfter(to: RemittanceState, column: Sql, claimed: string | undefined): Sql {
  if (to === 'sent') return sql`case when email is null and link_hash is null then ${column} end`
  return sql`coalesce(${column}, ${claimed ?? null}::text)`
}
