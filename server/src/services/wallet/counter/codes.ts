import { hash } from 'node:crypto'
import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Payment, RedeemRequest } from '../api.ts'
import type { WalletSettings } from '../config.ts'
import { checkAmount, keyOf } from '../payments/check.ts'
import type { Payments } from '../payments/pay.ts'
import type { Purses } from '../purses/purses.ts'
import { refuse } from '../refusals.ts'
import { decodeCode, encodeCode } from './code-payload.ts'

export type ShownCode = { payload: string; currency: string; expiresAtMs: number }

/** One-time codes: shown by a person, scanned by a till. */
export type Codes = {
  /**
   * Makes a secret that the person's client has chosen good for one payment, for a short time. The same again, by the same person,
   * gives the same code, with the time that is left of it.
   */
  show(userId: string, code: { secret: Buffer; currency: string }): Promise<ShownCode>
  /** See `Wallet.redeem`. */
  redeem(request: RedeemRequest): Promise<Payment>
  forgetOld(): Promise<void>
}

/** Whose the ledger's ids are in which codes are paid. */
const codeClient = 'code'
const keptMs = 7 * 86_400_000
const forgottenAtOnce = 5_000

type Deps = { db: Database; clock: Clock; settings: WalletSettings; purses: Purses; payments: Payments }
type Row = {
  userId: string
  currency: string
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
      return { payload: encodeCode(secret), currency, expiresAtMs: code.expiresAtMs }
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
async function redeem({ db, clock, payments }: Deps, request: RedeemRequest): Promise<Payment> {
  const { code: payload, payee, currency, amount, memo } = request
  const redeemedBy = keyOf(request)
  checkAmount(amount)
  const secret = decodeCode(payload)
  if (!secret) throw refuse('wallet.code_unknown')
  const secretHash = hash('sha256', secret, 'buffer')
  const digest = hash(
    'sha256',
    JSON.stringify([payee, currency, `${amount}`, memo.note, memo.reference]),
    'base64url',
  )
  const code = await find(db, secretHash)
  if (!code) throw refuse('wallet.code_unknown')
  if (code.currency !== currency) throw refuse('wallet.currency_mismatch')
  await db.run(sql`
    update wallet.code set redeemed_by = ${redeemedBy}, digest = ${digest}, title = ${memo.title}
    where secret_hash = ${secretHash} and redeemed_by is null and expires_at_ms > ${clock.now()}`)
  const bound = await find(db, secretHash)
  if (!bound?.redeemedBy) throw refuse('wallet.code_expired')
  if (bound.redeemedBy !== redeemedBy) throw refuse('wallet.code_used')
  if (bound.digest !== digest) throw refuse('wallet.id_reused')
  const id = secretHash.toString('hex')
  // The shop may have got another name since; what a repeated request to the ledger says must not change.
  const shown = { ...memo, title: bound.title ?? memo.title }
  const payment = { client: codeClient, id, userId: code.userId, payee, currency, amount, memo: shown }
  return { ...(await payments.pay(payment)), client: request.client, id: request.id }
}

async function find(db: Database, secretHash: Buffer): Promise<Row | undefined> {
  const [row] = await db.rows<Row>(sql`
    select user_id as "userId", currency, expires_at_ms as "expiresAtMs", redeemed_by as "redeemedBy", digest, title
    from wallet.code where secret_hash = ${secretHash}`)
  return row
}
