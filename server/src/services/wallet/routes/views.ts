import type { BankOrder } from '../bank/orders.ts'
import type { Activity, MonthSum } from '../history/history.ts'
import type { Purse } from '../purses/describe.ts'
import type { ActivityView, BankOrderView, MonthsView, WalletView } from '../wire.ts'

export function walletView(purse: Purse): WalletView {
  const { currency, balance, held, frozen, debt, limits, own, spentToday } = purse
  return {
    currency,
    balance: `${balance}`,
    available: `${balance - held}`,
    held: `${held}`,
    frozen,
    debt: `${debt}`,
    limits: { transaction: `${limits.transaction}`, day: `${limits.day}`, balance: `${limits.balance}` },
    own_limits: { transaction: own.transaction?.toString() ?? null, day: own.day?.toString() ?? null },
    spent_today: `${spentToday}`,
  }
}

export function activityView(activity: Activity): ActivityView {
  const { position, atMs, amount, balance, kind, title, note, person, request } = activity
  return {
    position,
    at_ts: atMs,
    amount: `${amount}`,
    balance: `${balance}`,
    kind,
    title,
    ...(note !== null && { note }),
    ...(person !== null && { person }),
    request,
  }
}

export function monthsView(sums: readonly MonthSum[]): MonthsView {
  const months = [...Map.groupBy(sums, ({ month }) => month)].map(([month, kinds]) => ({
    month,
    in: `${kinds.reduce((sum, kind) => sum + kind.in, 0n)}`,
    out: `${kinds.reduce((sum, kind) => sum + kind.out, 0n)}`,
    kinds: kinds.map(({ kind, count, in: came, out }) => ({ kind, count, in: `${came}`, out: `${out}` })),
  }))
  return { months }
}

export function bankOrderView(order: BankOrder): BankOrderView {
  const { id, reference, direction, currency, amount, bankAccount, state, reason, placedAtMs, changedAtMs } =
    order
  return {
    id,
    reference,
    direction,
    currency,
    amount: `${amount}`,
    bank_account: `…${bankAccount.slice(-4)}`,
    state,
    ...(reason !== null && { reason }),
    placed_ts: placedAtMs,
    changed_ts: changedAtMs,
  }
}
