import type { Ledger, Posted, Step } from '../../ledger/api.ts'
import type { Payment } from '../../wallet/api.ts'
import type { Purses } from './till.ts'

const scope = 'checkout purses'

/** Payment methods of the test side that need nobody's approval, and who pays with each. */
export const testPayers: Readonly<Record<string, string>> = {
  pm_test_wallet: 'test:rich',
  pm_test_wallet_insufficient_funds: 'test:poor',
  pm_test_wallet_declined: 'test:frozen',
}

/**
 * People's wallets on the test side: each may owe without limit, since nothing is owed to anybody. Refusals are those of
 * a real book: of the test payers one has no money and may not owe, another is frozen.
 */
export function createTestPurses(ledger: Ledger): Purses {
  const opened = new Set<string>()

  async function purse(userId: string, currency: string): Promise<string> {
    const account = `test purse/${userId}/${currency}`
    if (opened.has(account)) return account
    const steps: Step[] = [
      {
        kind: 'open',
        account,
        accountKind: 'liability',
        currency,
        owner: userId,
        floor: userId === 'test:poor' ? 0n : null,
      },
    ]
    if (userId === 'test:frozen') steps.push({ kind: 'freeze', account, frozen: 'outgoing' })
    await ledger.post({ scope, id: `open/${account}`, steps })
    opened.add(account)
    return account
  }

  return {
    async authorize({ id, userId, payee, currency, amount, expiresAtMs }) {
      const payer = await purse(userId, currency)
      const expiry = expiresAtMs === undefined ? {} : { expiresAtMs }
      return ledger.post({
        scope,
        id,
        steps: [{ kind: 'hold', hold: id, payer, payee, currency, amount, ...expiry }],
      })
    },
    async capture({ id, authorization: hold, amount, release = 0n }) {
      const steps: Step[] = [{ kind: 'capture', hold, amount }]
      if (release > 0n) steps.push({ kind: 'release', hold, amount: release })
      return payment(await ledger.post({ scope, id, steps }))
    },
    async release({ id, authorization: hold, amount }) {
      const part = amount === undefined ? {} : { amount }
      return payment(await ledger.post({ scope, id, steps: [{ kind: 'release', hold, ...part }] }))
    },
    async pay({ id, userId, payee, currency, amount }) {
      const payer = await purse(userId, currency)
      return payment(
        await ledger.post({ scope, id, steps: [{ kind: 'transfer', payer, payee, currency, amount }] }),
      )
    },
    async credit({ id, userId, payer, currency, amount }) {
      const payee = await purse(userId, currency)
      return payment(
        await ledger.post({ scope, id, steps: [{ kind: 'transfer', payer, payee, currency, amount }] }),
      )
    },
  }
}

function payment({ id, entries: [entry] }: Posted): Payment {
  const { payer = '', payee = '', currency = '', amount = 0n, atMs = 0, position = 0 } = entry ?? {}
  return { client: 'checkout', id, payer, payee, currency, amount, atMs, position }
}
