import { Refusal } from '../../../platform/refusal.ts'
import type { Ledger } from '../../ledger/api.ts'
import type { WalletSettings } from '../config.ts'
import type { Payments } from '../payments/pay.ts'
import { requireRoom } from '../purses/require-room.ts'
import { isWalletRefusal, refuse } from '../refusals.ts'
import { type BankOrder, changeState, type OrderDeps, orderOf } from './orders.ts'
import type { BankRail } from './rail.ts'
import type { SystemAccounts } from './system-accounts.ts'

export type CarryOutDeps = OrderDeps & {
  ledger: Ledger
  settings: WalletSettings
  payments: Payments
  accounts: SystemAccounts
  rail: BankRail
}

/** Whose the ledger's ids are in which money is set aside for the bank. */
export const bankClient = 'bank'

/**
 * Brings an order to the bank: what may be done is judged, money that goes out is set aside, and the bank is told. May be
 * called at any time, by several nodes at once: whichever first writes down that the order is accepted or rejected decides.
 * Throws the refusal for which the order was rejected, also when it is called again.
 */
export async function carryOut(deps: CarryOutDeps, order: BankOrder): Promise<BankOrder> {
  const { reference } = order
  if (order.state === 'new') {
    await decide(deps, order)
    return carryOut(deps, await again(deps, reference))
  }
  if (order.state === 'accepted') {
    await deps.rail.submit(order)
    await changeState(deps, reference, { from: ['accepted'], to: 'submitted' })
    return again(deps, reference)
  }
  if (order.state === 'rejected' && isWalletRefusal(order.reason)) throw refuse(order.reason)
  return order
}

async function decide(deps: CarryOutDeps, order: BankOrder): Promise<void> {
  const { reference } = order
  try {
    if (order.direction === 'in') await requireRoom(deps, order.userId, order.currency)
    else await setAside(deps, order)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const change = { from: ['new'], to: 'rejected', reason: error.code } as const
    if (await changeState(deps, reference, change)) throw error
    return
  }
  if (await changeState(deps, reference, { from: ['new'], to: 'accepted' })) return
  const { state, direction } = await again(deps, reference)
  // Another node was refused the money a moment before it was there for this one.
  if (state === 'rejected' && direction === 'out') await giveBack(deps, reference)
}

async function setAside(deps: CarryOutDeps, order: BankOrder): Promise<void> {
  const { userId, reference, currency, amount } = order
  await deps.payments.authorize({
    client: bankClient,
    id: reference,
    userId,
    payee: await deps.accounts.bank(currency),
    currency,
    amount,
    memo: bankMemo('withdrawal', order),
  })
}

export async function giveBack(
  { payments }: Pick<CarryOutDeps, 'payments'>,
  reference: string,
): Promise<void> {
  await payments.release({ client: bankClient, id: reference, authorization: reference })
}

/** What the person reads: of the account's number only the end, as history is shown in the open more often than orders. */
export function bankMemo(kind: string, { bankAccount, reference }: BankOrder) {
  return { kind, title: `…${bankAccount.slice(-4)}`, reference }
}

async function again({ db }: CarryOutDeps, reference: string): Promise<BankOrder> {
  const order = await orderOf(db, reference)
  if (!order) throw refuse('wallet.order_unknown')
  return order
}
