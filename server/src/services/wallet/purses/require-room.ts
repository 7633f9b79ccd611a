import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Ledger } from '../../ledger/api.ts'
import type { WalletSettings } from '../config.ts'
import { limitExceeded } from '../payments/spend.ts'
import type { Purses } from './purses.ts'

/**
 * Refuses with `wallet.limit_exceeded` if what is on its way into a wallet does not fit; gives its account. Whoever asks has
 * written down before that theirs is on its way: of two that together are too much at least one sees both. What is under way
 * is read before the balance: what arrives in between is counted twice rather than not at all.
 */
export async function requireRoom(
  deps: { db: Database; ledger: Ledger; purses: Purses; settings: WalletSettings },
  userId: string,
  currency: string,
): Promise<string> {
  const limit = deps.settings.currencies.get(currency)?.balance ?? 0n
  const account = await deps.purses.open(userId, currency)
  const [row] = await deps.db.rows<{ underWay: bigint }>(sql`
    select (
      coalesce((select sum(amount) from wallet.bank_order where user_id = ${userId} and currency = ${currency}
        and direction = 'in' and state in ('new', 'accepted', 'submitted')), 0)
      + coalesce((select sum(amount) from wallet.remittance where recipient = ${userId} and currency = ${currency}
        and state = 'claiming'), 0)
    )::numeric as "underWay"`)
  const { balance } = await deps.ledger.account(account)
  const over = balance + (row?.underWay ?? 0n) - limit
  if (over > 0n) throw limitExceeded('balance', limit > balance ? limit - balance : 0n)
  return account
}
