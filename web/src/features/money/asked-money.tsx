import { useCallback } from 'react'
import { useClient } from '../../api/client-context.ts'
import { useAsked } from '../../api/use-asked.ts'
import { useMoneyAction } from '../../api/use-money-action.ts'
import { useMoneyChanges } from '../../api/use-purse.ts'
import { useWallet } from '../../api/wallet.ts'
import { formatMoney } from '../../i18n/money.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import styles from './money.module.css'

type AskedMoneyProps = { asker: string; id: string; currency: string; total: string; note?: string }

/** Money that somebody asks for: my share of it with the button that pays it, or for who asks how many have paid. */
export function AskedMoney({ asker, id, ...told }: AskedMoneyProps) {
  const text = useText()
  const language = useLanguage()
  const me = useClient().getSafeUserId()
  const wallet = useWallet()
  const version = useMoneyChanges()
  const { busy, problem, run } = useMoneyAction()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that it is worth asking anew.
  const ask = useCallback(() => wallet.asked(asker, id), [wallet, asker, id, version])
  const { value, error } = useAsked(ask)
  const mine = value?.shares.find(({ user_id }) => user_id === me)
  const paid = value?.shares.filter(({ state }) => state !== 'open').length ?? 0
  const currency = value?.currency ?? told.currency
  const amount = formatMoney(mine?.amount ?? told.total, currency, language)
  const note = value ? value.note : told.note

  function stateText(): string {
    if (!value) return error === undefined ? '' : text('pay.stateUnknown')
    if (value.withdrawn) return text('pay.withdrawn')
    if (mine) return mine.state === 'open' ? '' : text('pay.sharePaid')
    return text('pay.sharesPaid', { paid: String(paid), all: String(value.shares.length) })
  }

  return (
    <>
      <span className={styles['sum']}>{amount}</span>
      {note !== undefined && <span>{note}</span>}
      <span className={styles['state']} aria-live="polite">
        {stateText()}
      </span>
      {problem !== undefined && <span className={styles['problem']}>{problem}</span>}
      {mine?.state === 'open' && !value?.withdrawn && (
        <Button
          look="soft"
          busy={busy}
          onClick={() => void run(async (remittance) => void (await wallet.payAsked(asker, id, remittance)))}
        >
          {text('pay.payAmount', { amount })}
        </Button>
      )}
    </>
  )
}
