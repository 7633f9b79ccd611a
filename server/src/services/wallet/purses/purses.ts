import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Ledger } from '../../ledger/api.ts'
import type { WalletSettings } from '../config.ts'
import { personAccount, scope } from '../names.ts'
import { refuse } from '../refusals.ts'

export type PurseDeps = { db: Database; clock: Clock; ledger: Ledger; settings: WalletSettings }

/** A person's wallet in a currency, with the ledger account that its money is in. */
export type Purses = {
  /** Opens it when it is not there yet; gives the account. Throws `wallet.currency_unsupported`. */
  open(userId: string, currency: string): Promise<string>
}

const knownMax = 100_000

export function createPurses({ db, clock, ledger, settings }: PurseDeps): Purses {
  // A purse that was there once is there for ever.
  const known = new Set<string>()

  async function create(userId: string, currency: string, account: string): Promise<void> {
    const [found] = await db.rows(sql`
      select 1 from wallet.purse where user_id = ${userId} and currency = ${currency}`)
    if (found) return
    // The account first: a purse without one would be an error, an account without a purse is found by the next call.
    const step = {
      kind: 'open',
      account,
      accountKind: 'liability',
      currency,
      owner: userId,
      floor: 0n,
    } as const
    await ledger.post({ scope, id: `open/${account}`, steps: [step] })
    await db.run(sql`
      insert into wallet.purse (user_id, currency, account, frozen, spent_day, spent, opened_at_ms)
      values (${userId}, ${currency}, ${account}, false, '', 0, ${clock.now()}) on conflict do nothing`)
  }

  return {
    async open(userId, currency) {
      if (!settings.currencies.has(currency)) throw refuse('wallet.currency_unsupported')
      const account = personAccount(userId, currency)
      if (known.has(account)) return account
      await create(userId, currency, account)
      if (known.size >= knownMax) known.clear()
      known.add(account)
      return account
    },
  }
}
