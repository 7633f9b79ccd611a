import type { AccountKind, Ledger } from '../../ledger/api.ts'
import { debtAccount, scope } from '../names.ts'

/** Accounts of this service itself. */
export type SystemAccounts = {
  /** What this deployment has at its bank. */
  bank(currency: string): Promise<string>
  /** What has left one wallet and not reached another: nothing, as the two steps are taken together. */
  clearing(currency: string): Promise<string>
  /** What a person owes after the bank took money back. */
  debt(userId: string, currency: string): Promise<string>
}

const knownMax = 10_000

export function createSystemAccounts({ ledger }: { ledger: Ledger }): SystemAccounts {
  const known = new Set<string>()

  async function open(
    account: string,
    accountKind: AccountKind,
    currency: string,
    floor: bigint | null = null,
  ): Promise<string> {
    if (known.has(account)) return account
    const step = { kind: 'open', account, accountKind, currency, owner: scope, floor } as const
    await ledger.post({ scope, id: `open/${account}`, steps: [step] })
    if (known.size >= knownMax) known.clear()
    known.add(account)
    return account
  }

  return {
    bank: (currency) => open(`wallet-bank:${currency}`, 'asset', currency),
    clearing: (currency) => open(`wallet-clearing:${currency}`, 'liability', currency, 0n),
    debt: (userId, currency) => open(debtAccount(userId, currency), 'asset', currency),
  }
}
