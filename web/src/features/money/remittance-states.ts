import type { RemittanceView } from '../../../../server/src/services/wallet/wire.ts'
import type { MessageKey } from '../../i18n/en.ts'

export const remittanceStates: Readonly<Record<RemittanceView['state'], MessageKey>> = {
  sent: 'pay.stateSent',
  claimed: 'pay.stateClaimed',
  cancelled: 'pay.stateCancelled',
  returned: 'pay.stateReturned',
}
