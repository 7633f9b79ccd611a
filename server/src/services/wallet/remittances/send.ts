import { hash } from 'node:crypto'
import { sql } from '../../../platform/db/sql.ts'
import { checkAmount } from '../payments/check.ts'
import { refuse } from '../refusals.ts'
import { goOn, type RemittanceDeps } from './go-on.ts'
import { findRemittance, type Remittance, referenceOf } from './rows.ts'

/** A person by user id, whoever has confirmed an e-mail address, or whoever knows a secret that the sender has chosen. */
export type Recipient = { userId: string } | { email: string } | { linkSecret: string }

export type SendRequest = {
  sender: string
  id: string
  to: Recipient
  currency: string
  amount: bigint
  note?: string
}

/** How long the node that took it has for it before another one goes on with it. */
const carriedOutWithinMs = 10_000

/**
 * Sets money aside for somebody. To a person it arrives by itself when the sender can no longer cancel it; sent to an address or
 * by link it is claimed. What nobody has claimed in time is the sender's again. Whether an address is anybody's makes no difference.
 */
export async function send(deps: RemittanceDeps, request: SendRequest): Promise<Remittance> {
  const { sender, id, to, currency, amount, note } = request
  checkAmount(amount)
  const reference = referenceOf(sender, id)
  const digest = hash('sha256', JSON.stringify([to, currency, amount.toString(), note ?? null]), 'base64url')
  if (!(await find(deps, reference))) await write(deps, request, reference, digest)
  const remittance = await find(deps, reference)
  if (remittance?.digest !== digest) throw refuse('wallet.id_reused')
  return goOn(deps, remittance)
}

async function write(
  { db, clock, jobs, people, purses, settings }: RemittanceDeps,
  request: SendRequest,
  reference: string,
  digest: string,
): Promise<void> {
  const { sender, id, to, currency, amount, note = null } = request
  await purses.open(sender, currency)
  const recipient = 'userId' in to ? to.userId : null
  if (recipient === sender) throw refuse('wallet.self_payment')
  if (recipient !== null) await people.require(recipient)
  const recipientName = recipient === null ? null : await people.nameOf(recipient)
  const email = 'email' in to ? to.email : null
  const linkHash = 'linkSecret' in to ? hashOf(to.linkSecret) : null
  const now = clock.now()
  const arrives = recipient === null ? null : now + settings.cancelWindow
  const senderName = await people.nameOf(sender)
  await db.transaction(async (tx) => {
    const written = await tx.run(sql`
      insert into wallet.remittance (reference, sender, id, digest, recipient, email, link_hash, currency, amount, note,
        sender_name, recipient_name, state, arrives_at_ms, expires_at_ms, placed_at_ms, changed_at_ms)
      values (${reference}, ${sender}, ${id}, ${digest}, ${recipient}, ${email}, ${linkHash}, ${currency}, ${amount}, ${note},
        ${senderName}, ${recipientName}, 'new', ${arrives}, ${now + settings.claimTime}, ${now}, ${now})
      on conflict do nothing`)
    const job = { id: reference, payload: { reference }, dueAtMs: now + carriedOutWithinMs }
    if (written > 0) await jobs.enqueue(tx, 'wallet.remittance', job)
  })
}

/** What is kept of a link's secret. */
export function hashOf(linkSecret: string): Buffer {
  return hash('sha256', linkSecret, 'buffer')
}

function find({ db }: RemittanceDeps, reference: string): Promise<Remittance | undefined> {
  return findRemittance(db, sql`reference = ${reference}`)
}
