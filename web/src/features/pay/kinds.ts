import type { MessageKey } from '../../i18n/en.ts'

const kinds: Readonly<Record<string, MessageKey>> = {
  payment: 'pay.kindPayment',
  refund: 'pay.kindRefund',
  top_up: 'pay.kindTopUp',
  top_up_returned: 'pay.kindReturned',
  withdrawal: 'pay.kindWithdrawal',
  withdrawal_returned: 'pay.kindReturned',
  sent: 'pay.kindSent',
  received: 'pay.kindReceived',
}

/** What kind of activity it is; services to come may add some that we have no word for yet. */
export function kindKey(kind: string): MessageKey {
  return kinds[kind] ?? 'pay.kindOther'
}
