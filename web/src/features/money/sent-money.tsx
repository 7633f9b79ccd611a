import { useCallback, useEffect } from 'react'
import { useAsked } from '../../api/use-asked.ts'
import { useMoneyAction } from '../../api/use-money-action.ts'
import { useMoneyChanges } from '../../api/use-purse.ts'
import { useWallet } from '../../api/wallet.ts'
import { formatMoney } from '../../i18n/money.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import styles from './money.module.css'
import { remittanceStates } from './remittance-states.ts'

type SentMoneyProps = { reference: string; currency: string; amount: string; note?: string }

/** A moment after it should have arrived. */
const lateMs = 1_500

/** Money that somebody has sent: how it stands, and for the sender the way to take it back in time. */
export function SentMoney({ reference, ...told }: SentMoneyProps) {
  const text = useText()
  const language = useLanguage()
  const wallet = useWallet()
  const version = useMoneyChanges()
  const { busy, problem, run } = useMoneyAction()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that it is worth asking anew.
  const ask = useCallback(() => wallet.remittance(reference), [wallet, reference, version])
  const { value, error, again } = useAsked(ask)
  const waits = value?.state === 'sent' ? value.arrives_ts : undefined
  useEffect(() => {
    if (waits === undefined) return
    const timer = setTimeout(again, Math.max(0, waits - Date.now()) + lateMs)
    return () => clearTimeout(timer)
  }, [waits, again])
  const { amount, currency } = value ?? told
  const own = value?.id
  return (
    <>
      <span className={styles['sum']}>{formatMoney(amount, currency, language)}</span>
      {(value ? value.note : told.note) !== undefined && <span>{value ? value.note : told.note}</span>}
      <span className={styles['state']} aria-live="polite">
        {value ? text(remittanceStates[value.state]) : error !== undefined && text('pay.stateUnknown')}
      </span>
      {problem !== undefined && <span className={styles['problem']}>{problem}</span>}
      {waits !== undefined && own !== undefined && (
        <Button look="soft" busy={busy} onClick={() => void run(async () => void (await wallet.cancel(own)))}>
          {text('pay.cancelSending')}
        </Button>
      )}
    </>
  )
}
