import { sql } from '../../../platform/db/sql.ts'
import { refuse } from '../refusals.ts'
import { claimFor, goOn, type RemittanceDeps } from './go-on.ts'
import { changeState, findRemittance, type Remittance, referenceOf, selectRemittances } from './rows.ts'
import { hashOf, type SendRequest, send } from './send.ts'

/** Money from one person to another. */
export type Remittances = {
  send(request: SendRequest): Promise<Remittance>
  /** Takes it back while it has not arrived. Throws `wallet.remittance_unknown` and `wallet.remittance_gone`. */
  cancel(sender: string, id: string): Promise<Remittance>
  /** For the recipient, or for whoever has the address: does not wait until it arrives by itself. */
  claim(userId: string, reference: string): Promise<Remittance>
  /** For anybody but the sender; whoever comes first. Throws `wallet.remittance_unknown` for any link that leads nowhere. */
  claimLink(userId: string, linkSecret: string): Promise<Remittance>
  /** What a link leads to. */
  lookAtLink(linkSecret: string): Promise<Remittance>
  /** Sent by a person, or received by them, or waiting to be claimed by them. */
  read(userId: string, reference: string): Promise<Remittance>
  /** The newest first; those before `before` (a reference) only. */
  list(userId: string, page: { before?: string; limit: number }): Promise<Remittance[]>
  /** For the job. */
  goOn(reference: string): Promise<void>
}

const limitMax = 100

export function createRemittances(deps: RemittanceDeps): Remittances {
  const { db, people } = deps

  async function known(reference: string, isShown: (found: Remittance) => boolean): Promise<Remittance> {
    const found = await findRemittance(db, sql`reference = ${reference}`)
    if (!found || !isShown(found) || found.state === 'new' || found.state === 'refused')
      throw refuse('wallet.remittance_unknown')
    return found
  }

  async function mayRead(userId: string, reference: string): Promise<Remittance> {
    const emails = await people.emailsOf(userId)
    return known(
      reference,
      ({ sender, recipient, email, state }) =>
        sender === userId ||
        recipient === userId ||
        (state === 'sent' && recipient === null && email !== null && emails.includes(email)),
    )
  }

  async function byLink(linkSecret: string): Promise<Remittance> {
    const found = await findRemittance(
      db,
      sql`link_hash = ${hashOf(linkSecret)} and state not in ('new', 'refused')`,
    )
    if (!found) throw refuse('wallet.remittance_unknown')
    return found
  }

  async function claimed(remittance: Remittance, userId: string): Promise<Remittance> {
    if (remittance.sender === userId) throw refuse('wallet.self_payment')
    if (remittance.expiresAtMs <= deps.clock.now() && remittance.state === 'sent')
      throw refuse('wallet.remittance_gone')
    await claimFor(deps, remittance, userId)
    return mayRead(userId, remittance.reference)
  }

  return {
    send: (request) => send(deps, request),
    async cancel(sender, id) {
      const reference = referenceOf(sender, id)
      const found = await known(reference, () => true)
      const tooLate = found.arrivesAtMs !== null && deps.clock.now() >= found.arrivesAtMs
      if (found.state === 'sent' && !tooLate)
        await changeState(deps, reference, { from: 'sent', to: 'cancelling' })
      const after = await goOn(deps, await known(reference, () => true))
      if (after.state !== 'cancelled') throw refuse('wallet.remittance_gone')
      return after
    },
    claim: async (userId, reference) => claimed(await mayRead(userId, reference), userId),
    claimLink: async (userId, linkSecret) => claimed(await byLink(linkSecret), userId),
    lookAtLink: byLink,
    read: mayRead,
    async list(userId, { before, limit }) {
      const emails = await people.emailsOf(userId)
      const older =
        before === undefined
          ? sql``
          : sql`and (placed_at_ms, reference) < (select placed_at_ms, reference from wallet.remittance where reference = ${before})`
      const order = sql`order by placed_at_ms desc, reference desc limit ${Math.min(limit, limitMax)}`
      // Each part is read in the order of its index, and no more of it than the page.
      return selectRemittances(
        db,
        sql`reference in (
          (select reference from wallet.remittance where sender = ${userId} and state not in ('new', 'refused') ${older} ${order})
          union all
          (select reference from wallet.remittance where recipient = ${userId} and state not in ('new', 'refused') ${older} ${order})
          union all
          (select reference from wallet.remittance where email = any(${emails}) and state = 'sent' ${older} ${order})
        ) ${order}`,
      )
    },
    async goOn(reference) {
      const found = await findRemittance(db, sql`reference = ${reference}`)
      if (found && found.state !== 'refused') await goOn(deps, found)
    },
  }
}
