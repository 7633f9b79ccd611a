import type { Ledger, Step } from '../../ledger/api.ts'
import type { Wallet } from '../../wallet/api.ts'
import { isLive } from '../documents.ts'

/** What checkout asks of people's wallets. The test side has wallets of its own, on books of its own. */
export type Purses = Pick<Wallet, 'capture' | 'release' | 'pay' | 'credit'> &
  Partial<Pick<Wallet, 'redeem'>> & {
    authorize(request: Parameters<Wallet['authorize']>[0]): Promise<unknown>
  }

/** Where the money of one side is: live and test never meet in one book. */
export type Till = { ledger: Ledger; purses: Purses }
export type Tills = { live: Till; test: Till }

export function tillOf(tills: Tills, shop: string): Till {
  return isLive(shop) ? tills.live : tills.test
}

/** Of checkout, in the ledger and in people's wallets. */
export const client = 'checkout'

export function ownerOf(shop: string): string {
  return `shop/${shop}`
}

export function accountOf(shop: string, currency: string): string {
  return `shop/${shop}/${currency}`
}

/** Payments on which a fee is due pass through here, so that the shop never sees the fee as its own. */
export function clearingAccount(currency: string): string {
  return `checkout clearing/${currency}`
}

function feesAccount(currency: string): string {
  return `checkout fees/${currency}`
}

/** Opens what a shop is paid with in a currency. Repeating costs a look into memory. */
export function createShopAccounts() {
  const opened = new Set<string>()
  return async function open({ ledger }: Till, shop: string, currency: string): Promise<string> {
    const account = accountOf(shop, currency)
    if (opened.has(account)) return account
    const steps: Step[] = [
      { kind: 'open', account, accountKind: 'liability', currency, owner: ownerOf(shop), floor: 0n },
    ]
    await ledger.post({ scope: client, id: `open/${account}`, steps })
    opened.add(account)
    return account
  }
}

export type OpenAccount = ReturnType<typeof createShopAccounts>

/** What payments on which a fee is due pass through, and where the fees end. */
export async function openFeeAccounts({ ledger }: Till, currency: string): Promise<void> {
  const owner = 'checkout'
  const steps: Step[] = [
    {
      kind: 'open',
      account: clearingAccount(currency),
      accountKind: 'liability',
      currency,
      owner,
      floor: 0n,
    },
    { kind: 'open', account: feesAccount(currency), accountKind: 'income', currency, owner, floor: null },
  ]
  await ledger.post({ scope: client, id: `open fees/${currency}`, steps })
}

/** Gives the shop what it earned and keeps the fee: both or neither, once per id. */
export async function divide(
  { ledger }: Till,
  request: { id: string; shop: string; currency: string; amount: number; fee: number },
): Promise<void> {
  const { id, shop, currency, amount, fee } = request
  const payer = clearingAccount(currency)
  const parts: [string, number][] = [
    [accountOf(shop, currency), amount - fee],
    [feesAccount(currency), fee],
  ]
  const steps = parts
    .filter(([, part]) => part > 0)
    .map(
      ([payee, part]): Step => ({
        kind: 'transfer',
        payer,
        payee,
        currency,
        amount: BigInt(part),
        reference: id,
      }),
    )
  await ledger.post({ scope: client, id, steps })
}
