import { hash } from 'node:crypto'
import type { Clock } from '../../../platform/clock.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Payment, RedeemRequest, Wallet } from '../api.ts'
import type { WalletSettings } from '../config.ts'
import { checkAmount, keyOf } from '../payments/check.ts'
import type { Payments } from '../payments/pay.ts'
import { limitExceeded } from '../payments/spend.ts'
import type { Purses } from '../purses/purses.ts'
import { refuse } from '../refusals.ts'
import { decodeCode, encodeCode, type SignedCode } from './code-payload.ts'
import type { OfflineKeys } from './offline-keys.ts'

export type ShownCode = { payload: string; currency: string; shownAtMs: number; expiresAtMs: number }

/** One-time codes: shown by a person, scanned by a till. */
export type Codes = {
  /**
   * Makes a secret that the person's client has chosen good for one payment, for a short time. The same again, by the same person,
   * gives the same code, with the time that is left of it.
   */
  show(userId: string, code: { secret: Buffer; currency: string }): Promise<ShownCode>
  /** See `Wallet.redeem`. */
  redeem: Wallet['redeem']
  forgetOld(): Promise<void>
}

/** Whose the ledger's ids are in which codes are paid. */
const codeClient = 'code'
const keptMs = 7 * 86_400_000
const forgottenAtOnce = 5_000

type Deps = {
  db: Database
  clock: Clock
  settings: WalletSettings
  purses: Purses
  payments: Payments
  offlineKeys: OfflineKeys
}
type Row = {
  userId: string
  currency: string
  shownAtMs: number
  expiresAtMs: number
  redeemedBy: string | null
  digest: string | null
  title: string | null
}

export function createCodes(deps: Deps): Codes {
  const { db, clock, settings, purses } = deps
  return {
    async show(userId, { secret, currency }) {
      await purses.open(userId, currency)
      const now = clock.now()
      const secretHash = hash('sha256', secret, 'buffer')
      await db.run(sql`
        insert into wallet.code (secret_hash, user_id, currency, shown_at_ms, expires_at_ms)
        values (${secretHash}, ${userId}, ${currency}, ${now}, ${now + settings.codeLifetime}) on conflict do nothing`)
      const code = await find(db, secretHash)
      if (code?.userId !== userId || code.currency !== currency) throw refuse('wallet.id_reused')
      const { shownAtMs, expiresAtMs } = code
      return { payload: encodeCode(secret), currency, shownAtMs, expiresAtMs }
    },
    redeem: (request) => redeem(deps, request),
    async forgetOld() {
      for (;;) {
        const deleted = await db.run(sql`
          delete from wallet.code where secret_hash in (
            select secret_hash from wallet.code where expires_at_ms < ${clock.now() - keptMs} limit ${forgottenAtOnce})`)
        if (deleted < forgottenAtOnce) return
      }
    },
  }
}

/**
 * First the code is bound to the request, which one statement does for one of them; then it is paid, under an id made of the
 * code. A till whose node died in between sends its request again, at any site, and no other till can.
 */
async function redeem(deps: Deps, request: RedeemRequest): Promise<Payment & { userId: string }> {
  const { code: payload, payee, currency, amount, memo } = request
  const redeemedBy = keyOf(request)
  checkAmount(amount)
  const decoded = decodeCode(payload)
  if (!decoded) throw refuse('wallet.code_unknown')
  const written = JSON.stringify([payee, currency, `${amount}`, memo.note, memo.reference])
  const binding = { redeemedBy, digest: hash('sha256', written, 'base64url'), title: memo.title }
  const bound =
    'secret' in decoded
      ? await bindShown(deps, request, decoded.secret, binding)
      : await bindSigned(deps, request, decoded.signedCode, binding)
  if (bound.redeemedBy !== redeemedBy) throw refuse('wallet.code_used')
  if (bound.digest !== binding.digest) throw refuse('wallet.id_reused')
  // The shop may have got another name since; what a repeated request to the ledger says must not change.
  const shown = { ...memo, title: bound.title ?? memo.title }
  const { id, userId } = bound
  const payment = { client: codeClient, id, userId, payee, currency, amount, memo: shown }
  return { ...(await deps.payments.pay(payment)), client: request.client, id: request.id, userId }
}

type Binding = { redeemedBy: string; digest: string; title: string }
type Bound = Row & { id: string }

async function bindShown(
  { db, clock }: Deps,
  { currency }: RedeemRequest,
  secret: Buffer,
  { redeemedBy, digest, title }: Binding,
): Promise<Bound> {
  const secretHash = hash('sha256', secret, 'buffer')
  const code = await find(db, secretHash)
  if (!code) throw refuse('wallet.code_unknown')
  if (code.currency !== currency) throw refuse('wallet.currency_mismatch')
  await db.run(sql`
    update wallet.code set redeemed_by = ${redeemedBy}, digest = ${digest}, title = ${title}
    where secret_hash = ${secretHash} and redeemed_by is null and expires_at_ms > ${clock.now()}`)
  const bound = await find(db, secretHash)
  if (!bound?.redeemedBy) throw refuse('wallet.code_expired')
  return { ...bound, id: secretHash.toString('hex') }
}

/**
 * A code that a phone has signed is written down when it is first seen, in the same transaction in which what its key may still pay
 * is counted: two tills at two sites cannot pass that limit together.
 */
async function bindSigned(
  { db, clock, settings, offlineKeys }: Deps,
  { currency, amount }: RedeemRequest,
  code: SignedCode,
  { redeemedBy, digest, title }: Binding,
): Promise<Bound> {
  // The signature is no part of it: a code with another valid one would be the same code.
  const codeHash = hash('sha256', code.signed, 'buffer')
  const id = codeHash.toString('hex')
  const earlier = await find(db, codeHash)
  if (earlier) return { ...earlier, id }
  const signer = await offlineKeys.check(code)
  if (signer.currency !== currency) throw refuse('wallet.currency_mismatch')
  const { payment, untilConnected } = signer.limits
  if (amount > payment) throw limitExceeded('offline', payment)
  const now = clock.now()
  await db.transaction(async (tx) => {
    const written = await tx.run(sql`
      insert into wallet.code (secret_hash, user_id, currency, shown_at_ms, expires_at_ms, redeemed_by, digest, title)
      values (${codeHash}, ${signer.userId}, ${currency}, ${code.atMs}, ${now + settings.codeLifetime}, ${redeemedBy}, ${digest},
        ${title}) on conflict do nothing`)
    if (written === 0) return
    const counted = await tx.run(sql`
      update wallet.offline_key set spent = spent + ${amount}
      where id = ${code.keyId} and spent + ${amount} <= ${untilConnected}`)
    if (counted === 0) throw limitExceeded('offline', await leftOf(tx, code.keyId, untilConnected))
  })
  const bound = await find(db, codeHash)
  if (!bound) throw refuse('wallet.code_unknown')
  return { ...bound, id }
}

async function leftOf(tx: Tx, keyId: string, untilConnected: bigint): Promise<bigint> {
  const [key] = await tx.rows<{ spent: bigint }>(sql`
    select spent::numeric as spent from wallet.offline_key where id = ${keyId}`)
  return untilConnected - (key?.spent ?? untilConnected)
}

async function find(db: Database, secretHash: Buffer): Promise<Row | undefined> {
  const [row] = await db.rows<Row>(sql`
    select user_id as "userId", currency, shown_at_ms as "shownAtMs", expires_at_ms as "expiresAtMs", redeemed_by as "redeemedBy", digest, title
    from wallet.code where secret_hash = ${secretHash}`)
  return row
}
