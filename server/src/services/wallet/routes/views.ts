import type { Ask } from '../asks/asks.ts'
import type { BankOrder } from '../bank/orders.ts'
import type { Activity, MonthSum } from '../history/history.ts'
import { maskName } from '../people/mask.ts'
import type { Purse } from '../purses/describe.ts'
import type { Remittance, RemittanceState } from '../remittances/rows.ts'
import type {
  ActivityView,
  AskView,
  BankOrderView,
  LinkView,
  MonthsView,
  RemittanceView,
  WalletView,
} from '../wire.ts'

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

/** The states in between are nobody's concern: they last a moment, and end in the one before or the one after. */
const shownStates: Readonly<Record<RemittanceState, RemittanceView['state']>> = {
  new: 'sent',
  sent: 'sent',
  claiming: 'sent',
  cancelling: 'sent',
  claimed: 'claimed',
  cancelled: 'cancelled',
  returned: 'returned',
  refused: 'returned',
}

export function remittanceView(remittance: Remittance, viewer: string): RemittanceView {
  const { reference, id, sender, senderName, recipient, recipientName, email, byLink, note, state } =
    remittance
  const own = sender === viewer
  return {
    reference,
    ...(own && { id }),
    direction: own ? 'out' : 'in',
    sender,
    sender_name: senderName,
    ...(recipient !== null && { recipient }),
    // A name that only the wallet has told the sender is not shown in full before the money is there.
    ...(recipientName !== null && {
      recipient_name: own && state !== 'claimed' ? maskName(recipientName) : recipientName,
    }),
    ...(email !== null && { email }),
    by_link: byLink,
    currency: remittance.currency,
    amount: `${remittance.amount}`,
    ...(note !== null && { note }),
    state: shownStates[state],
    ...(remittance.arrivesAtMs !== null && { arrives_ts: remittance.arrivesAtMs }),
    expires_ts: remittance.expiresAtMs,
    placed_ts: remittance.placedAtMs,
    changed_ts: remittance.changedAtMs,
  }
}

export function linkView({ senderName, currency, amount, state, expiresAtMs }: Remittance): LinkView {
  return {
    sender_name: maskName(senderName),
    currency,
    amount: `${amount}`,
    state: shownStates[state],
    expires_ts: expiresAtMs,
  }
}

export function askView({ asker, id, currency, note, withdrawn, placedAtMs, shares }: Ask): AskView {
  return {
    asker,
    id,
    currency,
    ...(note !== null && { note }),
    withdrawn,
    placed_ts: placedAtMs,
    shares: shares.map(({ person, amount, reference, state }) => {
      const shown = state === null ? 'returned' : shownStates[state]
      return {
        user_id: person,
        amount: `${amount}`,
        state: shown === 'claimed' ? 'paid' : shown === 'sent' ? 'sent' : 'open',
        ...(reference !== null && { reference }),
      }
    }),
  }
}
