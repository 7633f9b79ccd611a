import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Jobs } from '../../../platform/jobs.ts'
import { Refusal } from '../../../platform/refusal.ts'
import type { Ledger } from '../../ledger/api.ts'
import type { SystemAccounts } from '../bank/system-accounts.ts'
import type { WalletSettings } from '../config.ts'
import { scope } from '../names.ts'
import { memoMetadata } from '../payments/check.ts'
import type { Payments } from '../payments/pay.ts'
import { inWalletWords } from '../payments/translate.ts'
import type { People } from '../people/people.ts'
import type { Purses } from '../purses/purses.ts'
import { requireRoom } from '../purses/require-room.ts'
import { isWalletRefusal, refuse } from '../refusals.ts'
import { changeState, findRemittance, type Remittance } from './rows.ts'

export type RemittanceDeps = {
  db: Database
  clock: Clock
  jobs: Jobs
  ledger: Ledger
  settings: WalletSettings
  purses: Purses
  payments: Payments
  accounts: SystemAccounts
  people: People
}

/** Whose the ledger's ids are in which money is set aside for other people. */
export const remittanceClient = 'remit'

/**
 * Does what a remittance's state and the time ask for. May be called at any time, by several nodes at once: each step
 * is one in the ledger, which has it once, and a change of the row, which one of them makes. Throws the refusal for which
 * nothing was set aside, also when it is called again.
 */
export async function goOn(deps: RemittanceDeps, remittance: Remittance): Promise<Remittance> {
  const { reference, state, arrivesAtMs, expiresAtMs, reason } = remittance
  const now = deps.clock.now()
  switch (state) {
    case 'new':
      await setAside(deps, remittance)
      return goOn(deps, await again(deps, reference))
    case 'sent':
      if (now >= expiresAtMs) return takeBack(deps, remittance)
      if (arrivesAtMs !== null && now >= arrivesAtMs) await arrive(deps, remittance)
      return again(deps, reference)
    case 'claiming':
      await pass(deps, remittance)
      return again(deps, reference)
    case 'cancelling':
      await giveBack(deps, reference)
      await changeState(deps, reference, { from: 'cancelling', to: 'cancelled' })
      return again(deps, reference)
    case 'refused':
      throw refuse(isWalletRefusal(reason) ? reason : 'wallet.request_malformed')
    default:
      return remittance
  }
}

async function setAside(deps: RemittanceDeps, remittance: Remittance): Promise<void> {
  const { reference, sender, currency, amount, expiresAtMs } = remittance
  try {
    await deps.payments.authorize({
      client: remittanceClient,
      id: reference,
      userId: sender,
      payee: await deps.accounts.clearing(currency),
      currency,
      amount,
      memo: { title: remittance.recipientName ?? remittance.email ?? '-', reference },
      expiresAtMs,
    })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (await changeState(deps, reference, { from: 'new', to: 'refused', reason: error.code })) throw error
    return
  }
  if (await changeState(deps, reference, { from: 'new', to: 'sent' }))
    return comeBack(deps, remittance, remittance.arrivesAtMs ?? expiresAtMs)
  // Another node was refused the money a moment before it was there for this one.
  if ((await again(deps, reference)).state === 'refused') await giveBack(deps, reference)
}

/** The job looks at it again at that time. */
async function comeBack(
  { db, jobs }: RemittanceDeps,
  { reference }: Remittance,
  dueAtMs: number,
): Promise<void> {
  const job = { id: reference, payload: { reference }, dueAtMs }
  await db.transaction((tx) => jobs.enqueue(tx, 'wallet.remittance', job))
}

/** What the recipient cannot take now waits for them to claim it, until it goes back. */
async function arrive(deps: RemittanceDeps, remittance: Remittance): Promise<void> {
  try {
    await claimFor(deps, remittance, remittance.recipient ?? '')
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    await comeBack(deps, remittance, remittance.expiresAtMs)
  }
}

/** Gives it to this person, unless somebody was quicker; throws `wallet.remittance_gone`, or why they cannot take it. */
export async function claimFor(deps: RemittanceDeps, remittance: Remittance, userId: string): Promise<void> {
  const { reference } = remittance
  const recipient = { userId, name: remittance.recipientName ?? (await deps.people.nameOf(userId)) }
  const claimed = await changeState(deps, reference, { from: 'sent', to: 'claiming', recipient })
  const now = await again(deps, reference)
  if (!claimed && (now.recipient !== userId || now.state === 'sent')) throw refuse('wallet.remittance_gone')
  if (now.state === 'claiming') return pass(deps, now)
  if (now.state !== 'claimed') throw refuse('wallet.remittance_gone')
}

/** Moves what was set aside to the recipient: both steps or none, so that nothing is ever left between the two. */
async function pass(deps: RemittanceDeps, remittance: Remittance): Promise<void> {
  const { reference, sender, recipient, currency, amount, senderName, recipientName, note } = remittance
  const shown = { reference, ...(note !== null && { note }) }
  const hold = `${remittanceClient}/${reference}`
  try {
    const payee = await requireRoom(deps, recipient ?? '', currency)
    const clearing = await deps.accounts.clearing(currency)
    const sent = { kind: 'sent', title: recipientName ?? '-', person: recipient ?? '', ...shown }
    const received = { kind: 'received', title: senderName, person: sender, ...shown }
    const move = { kind: 'transfer', payer: clearing, payee, currency, amount, reference } as const
    await inWalletWords(
      deps.ledger,
      () => clearing,
      () =>
        deps.ledger.post({
          scope,
          id: `claim/${reference}`,
          steps: [
            { kind: 'capture', hold, amount, reference, metadata: memoMetadata(sent) },
            { ...move, metadata: memoMetadata(received) },
          ],
        }),
    )
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (await wasPassed(deps, reference)) return
    const late =
      error.code === 'wallet.authorization_expired' || error.code === 'wallet.authorization_exceeded'
    const to = late ? 'returned' : 'sent'
    await changeState(deps, reference, { from: 'claiming', to, reason: error.code })
    throw late ? refuse('wallet.remittance_gone') : error
  }
  await changeState(deps, reference, { from: 'claiming', to: 'claimed' })
}

/**
 * The ledger has the last word on whether it was passed, and to whom: two nodes may have been at it at once, and the one that was
 * refused may have written that down last.
 */
async function wasPassed({ db, clock, ledger }: RemittanceDeps, reference: string): Promise<boolean> {
  const [sent] = (await ledger.find(scope, `claim/${reference}`))?.entries ?? []
  const { person, title } = sent?.metadata ?? {}
  if (typeof person !== 'string' || typeof title !== 'string') return false
  await db.run(sql`
    update wallet.remittance set state = 'claimed', recipient = ${person}, recipient_name = ${title}, changed_at_ms = ${clock.now()}
    where reference = ${reference} and state in ('sent', 'claiming')`)
  return true
}

/** Nobody came for it. The ledger gives it back by itself; this says so too, and writes that down. */
async function takeBack(deps: RemittanceDeps, { reference }: Remittance): Promise<Remittance> {
  await giveBack(deps, reference)
  if (!(await wasPassed(deps, reference)))
    await changeState(deps, reference, { from: 'sent', to: 'returned' })
  return again(deps, reference)
}

async function giveBack({ payments }: RemittanceDeps, reference: string): Promise<void> {
  try {
    await payments.release({ client: remittanceClient, id: reference, authorization: reference })
  } catch (error) {
    const done = error instanceof Refusal && error.code === 'wallet.authorization_exceeded'
    if (!done) throw error
  }
}

async function again({ db }: RemittanceDeps, reference: string): Promise<Remittance> {
  const found = await findRemittance(db, sql`reference = ${reference}`)
  if (!found) throw refuse('wallet.remittance_unknown')
  return found
}
