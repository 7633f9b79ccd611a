import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto'
import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { OfflineLimits, WalletSettings } from '../config.ts'
import type { Purses } from '../purses/purses.ts'
import { refuse } from '../refusals.ts'
import type { SignedCode } from './code-payload.ts'

export type OfflineKey = {
  id: string
  currency: string
  endsAtMs: number
  limits: OfflineLimits
  left: bigint
}

/** Whose code it is that a phone has signed, and what it may pay. */
export type Signer = { userId: string; currency: string; limits: OfflineLimits }

/**
 * Keys with which phones sign codes while they are not connected. A key is made known, and renewed, whenever the phone is connected;
 * every site can then check what it has signed. Only the phone has the private half.
 */
export type OfflineKeys = {
  /** Renewed, a key may pay as much again as it could at first. Throws `wallet.offline_key_malformed` and `wallet.offline_keys_too_many`. */
  renew(userId: string, key: { id: string; publicKey: Buffer; currency: string }): Promise<OfflineKey>
  /** From then on nothing that it has signed pays. */
  end(userId: string, id: string): Promise<void>
  /** Throws `wallet.code_unknown` and `wallet.code_expired`. */
  check(code: SignedCode): Promise<Signer>
}

type Deps = { db: Database; clock: Clock; settings: WalletSettings; purses: Purses }
type Row = { userId: string; currency: string; publicKey: Buffer; endsAtMs: number }

const keysMax = 5

export function createOfflineKeys({ db, clock, settings, purses }: Deps): OfflineKeys {
  const limitsOf = (currency: string) => {
    const limits = settings.offlineLimits.get(currency)
    if (!limits) throw refuse('wallet.currency_unsupported')
    return limits
  }
  return {
    async renew(userId, { id, publicKey, currency }) {
      const limits = limitsOf(currency)
      if (hash('sha256', publicKey, 'hex').slice(0, 32) !== id || !readKey(publicKey))
        throw refuse('wallet.offline_key_malformed')
      await purses.open(userId, currency)
      const now = clock.now()
      const endsAtMs = now + settings.offlineTime
      const renewed = await db.run(sql`
        insert into wallet.offline_key as known (id, user_id, currency, public_key, renewed_at_ms, ends_at_ms, spent)
        select ${id}, ${userId}, ${currency}, ${publicKey}, ${now}, ${endsAtMs}, 0
        where (select count(*) from wallet.offline_key where user_id = ${userId} and id <> ${id}) < ${keysMax}
        on conflict (id) do update set renewed_at_ms = excluded.renewed_at_ms, ends_at_ms = excluded.ends_at_ms, spent = 0
          where known.user_id = excluded.user_id and known.currency = excluded.currency`)
      if (renewed === 0) throw refuse('wallet.offline_keys_too_many')
      return { id, currency, endsAtMs, limits, left: limits.untilConnected }
    },
    async end(userId, id) {
      await db.run(sql`delete from wallet.offline_key where id = ${id} and user_id = ${userId}`)
    },
    async check({ keyId, atMs, signed, signature }) {
      const [row] = await db.rows<Row>(sql`
        select user_id as "userId", currency, public_key as "publicKey", ends_at_ms as "endsAtMs"
        from wallet.offline_key where id = ${keyId}`)
      const key = row && readKey(row.publicKey)
      if (!key || !verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature))
        throw refuse('wallet.code_unknown')
      const now = clock.now()
      // The phone's clock says when, and may be wrong either way.
      if (Math.abs(now - atMs) > settings.codeLifetime || now >= row.endsAtMs)
        throw refuse('wallet.code_expired')
      return { userId: row.userId, currency: row.currency, limits: limitsOf(row.currency) }
    },
  }
}

function readKey(spki: Buffer): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : undefined
  } catch {
    return undefined
  }
}
