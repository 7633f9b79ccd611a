import type { MessageKey } from '../i18n/en.ts'
import type { Text } from '../i18n/text.ts'
import { WalletError } from './wallet.ts'

const reasons: Readonly<Record<string, MessageKey>> = {
  'wallet.funds_insufficient': 'pay.errorFunds',
  'wallet.limit_exceeded': 'pay.errorLimit',
  'wallet.frozen': 'pay.errorFrozen',
  'wallet.self_payment': 'pay.errorSelf',
  'wallet.person_unknown': 'pay.errorPerson',
  'wallet.payee_unable': 'pay.errorPerson',
  'wallet.remittance_gone': 'pay.errorGone',
  'wallet.ask_settled': 'pay.errorGone',
  'wallet.id_reused': 'pay.errorRepeated',
  'checkout.idempotency_key_reused': 'pay.errorRepeated',
  'checkout.code_malformed': 'pay.errorCode',
  'checkout.code_unknown': 'pay.errorCode',
  'checkout.code_amount_differs': 'pay.errorChanged',
  'checkout.payment_changed': 'pay.errorChanged',
  'checkout.payment_over': 'pay.errorGone',
  // Why a shop's payment was declined: https://docs.stripe.com/declines/codes
  insufficient_funds: 'pay.errorFunds',
  withdrawal_count_limit_exceeded: 'pay.errorLimit',
  do_not_honor: 'pay.errorFrozen',
  generic_decline: 'pay.declined',
}

/** Why money was not moved, in words that say what a person can do. */
export function explain(error: unknown, text: Text): string {
  return explainCode(error instanceof WalletError ? error.code : '', text)
}

export function explainCode(code: string, text: Text): string {
  const reason = reasons[code]
  return text(reason ?? 'general.failed')
}

/** Whether the server has said no: the same request would be told the same again. */
export function isRefused(error: unknown): boolean {
  return error instanceof WalletError && reasons[error.code] !== undefined
}
