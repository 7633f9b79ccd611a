import type { WalletView } from '../../../../server/src/services/wallet/wire.ts'
import { formatMoney } from '../../i18n/money.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import { goTo } from '../../navigation/router.ts'
import styles from './balance-card.module.css'

export function BalanceCard({ purse }: { purse: WalletView | undefined }) {
  const text = useText()
  const language = useLanguage()
  const shown = (amount: string) => (purse ? formatMoney(amount, purse.currency, language) : '')
  return (
    <div className={styles['card']}>
      <p className={styles['balance']} aria-live="polite">
        {purse ? shown(purse.balance) : ' '}
      </p>
      <p className={styles['about']}>
        {purse?.frozen && text('pay.frozen')}
        {purse && !purse.frozen && purse.debt !== '0' && text('pay.debt', { amount: shown(purse.debt) })}
        {purse &&
          !purse.frozen &&
          purse.debt === '0' &&
          purse.held !== '0' &&
          text('pay.available', { amount: shown(purse.available) })}
      </p>
      <div className={styles['bank']}>
        <button type="button" onClick={() => goTo({ section: 'pay', open: 'top-up' })}>
          {text('pay.topUp')}
        </button>
        <button type="button" onClick={() => goTo({ section: 'pay', open: 'withdraw' })}>
          {text('pay.withdraw')}
        </button>
      </div>
    </div>
  )
}
