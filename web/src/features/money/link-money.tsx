import { useCallback } from 'react'
import { useAsked } from '../../api/use-asked.ts'
import { useMoneyAction } from '../../api/use-money-action.ts'
import { useMoneyChanges } from '../../api/use-purse.ts'
import { useWallet } from '../../api/wallet.ts'
import { formatMoney } from '../../i18n/money.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import styles from './money.module.css'
import { remittanceStates } from './remittance-states.ts'

type LinkMoneyProps = { link_secret: string; currency: string; amount: string; note?: string }

/** Money for whoever of the chat takes it first. */
export function LinkMoney({ link_secret: secret, ...told }: LinkMoneyProps) {
  const text = useText()
  const language = useLanguage()
  const wallet = useWallet()
  const version = useMoneyChanges()
  const { busy, problem, run } = useMoneyAction()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that it is worth asking anew.
  const ask = useCallback(() => wallet.lookAtLink(secret), [wallet, secret, version])
  const { value, error } = useAsked(ask)
  const { amount, currency } = value ?? told
  return (
    <>
      <span className={styles['sum']}>{formatMoney(amount, currency, language)}</span>
      {told.note !== undefined && <span>{told.note}</span>}
      <span className={styles['state']} aria-live="polite">
        {value ? text(remittanceStates[value.state]) : error !== undefined && text('pay.stateUnknown')}
      </span>
      {problem !== undefined && <span className={styles['problem']}>{problem}</span>}
      {value?.state === 'sent' && (
        <Button
          look="soft"
          busy={busy}
          onClick={() => void run(async () => void (await wallet.claimLink(secret)))}
        >
          {text('pay.claim')}
        </Button>
      )}
    </>
  )
}
