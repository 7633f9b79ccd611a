import type { AccountKind, Ledger } from '../../ledger/api.ts'
import { debtAccount, scope } from '../names.ts'

/** Accounts of this service itself, none of which has a floor. */
export type SystemAccounts = {
  /** What this deployment has at its bank. */
  bank(currency: string): Promise<string>
  /** What a person owes after the bank took money back. */
  debt(userId: string, currency: string): Promise<string>
}

const knownMax = 10_000

export function createSystemAccounts({ ledger }: { ledger: Ledger }): SystemAccounts {
  const known = new Set<string>()

  async function open(account: string, accountKind: AccountKind, currency: string): Promise<string> {
    if (known.has(account)) return account
    const step = { kind: 'open', account, accountKind, currency, owner: scope, floor: null } as const
    await ledger.post({ scope, id: `open/${account}`, steps: [step] })
    if (known.size >= knownMax) known.clear()
    known.add(account)
    return account
  }

  return {
    bank: (currency) => open(`wallet-bank:${currency}`, 'asset', currency),
    debt: (userId, currency) => open(debtAccount(userId, currency), 'asset', currency),
  }
}
