import { HandCoins, QrCode as QrPicture, ScanLine, Send } from 'lucide-react'
import { useCallback, useEffect } from 'react'
import { useAsked } from '../../api/use-asked.ts'
import { moneyChanged, useMoneyChanges, usePurse } from '../../api/use-purse.ts'
import { useWallet } from '../../api/wallet.ts'
import type { MessageKey } from '../../i18n/en.ts'
import { useText } from '../../i18n/text.ts'
import { goTo } from '../../navigation/router.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PaneHeader } from '../../ui/pane-header.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Activities } from './activities.tsx'
import { BalanceCard } from './balance-card.tsx'
import { FreezeRow } from './freeze-row.tsx'
import { LimitsRow } from './limits-row.tsx'
import styles from './pay.module.css'

const doings: readonly { page: string; label: MessageKey; Picture: typeof Send }[] = [
  { page: 'code', label: 'pay.code', Picture: QrPicture },
  { page: 'scan', label: 'pay.scan', Picture: ScanLine },
  { page: 'send', label: 'pay.send', Picture: Send },
  { page: 'ask', label: 'pay.ask', Picture: HandCoins },
]
const recentCount = 6
const refreshMs = 15_000

/** The wallet: what is in it, what can be done with it, and what happened last. */
export function Pay() {
  const text = useText()
  const { purse, error, again } = usePurse()
  useRefreshing()
  if (!purse && error !== undefined)
    return (
      <>
        <PaneHeader title={text('general.pay')} />
        <EmptyState picture={<HandCoins size={32} />} title={text('general.failed')} text="">
          <Button onClick={again}>{text('general.retry')}</Button>
        </EmptyState>
      </>
    )
  return (
    <>
      <PaneHeader title={text('general.pay')} />
      <div className={styles['scroll']}>
        <BalanceCard purse={purse} />
        <div className={styles['doings']}>
          {doings.map(({ page, label, Picture }) => (
            <button
              key={page}
              type="button"
              className={styles['doing']}
              onClick={() => goTo({ section: 'pay', open: page })}
            >
              <span className={styles['picture']} aria-hidden>
                <Picture size={24} />
              </span>
              {text(label)}
            </button>
          ))}
        </div>
        {purse ? <Recent currency={purse.currency} /> : <Skeleton rows={5} label={text('general.loading')} />}
        {purse && <LimitsRow />}
        {purse && <FreezeRow purse={purse} />}
      </div>
    </>
  )
}

function Recent({ currency }: { currency: string }) {
  const text = useText()
  const wallet = useWallet()
  const version = useMoneyChanges()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that it is worth asking anew.
  const ask = useCallback(() => wallet.history(currency, { limit: recentCount }), [wallet, currency, version])
  const { value } = useAsked(ask)
  return (
    <section aria-label={text('pay.recent')}>
      <div className={styles['heading']}>
        <h2>{text('pay.recent')}</h2>
        <Button look="quiet" onClick={() => goTo({ section: 'pay', open: 'history' })}>
          {text('pay.history')}
        </Button>
      </div>
      {value ? (
        <Activities activities={value.activities} currency={currency} />
      ) : (
        <Skeleton rows={recentCount} label={text('general.loading')} />
      )}
    </section>
  )
}

/** Others move money too. */
function useRefreshing(): void {
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === 'visible') moneyChanged()
    }
    const timer = setInterval(look, refreshMs)
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }, [])
}
