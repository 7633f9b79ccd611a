import { Landmark } from 'lucide-react'
import { type FormEvent, useCallback, useEffect, useState } from 'react'
import type { BankOrderView, WalletView } from '../../../../server/src/services/wallet/wire.ts'
import { useAsked } from '../../api/use-asked.ts'
import { useMoneyAction } from '../../api/use-money-action.ts'
import { moneyChanged, useMoneyChanges } from '../../api/use-purse.ts'
import { useWallet } from '../../api/wallet.ts'
import type { MessageKey } from '../../i18n/en.ts'
import { formatMoney, parseMoney } from '../../i18n/money.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { ListRow } from '../../ui/list-row.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { AmountField } from './amount-field.tsx'
import styles from './form.module.css'
import { PageShell } from './page-shell.tsx'

type BankPageProps = { purse: WalletView; direction: 'in' | 'out' }

/** Money from a bank account into the wallet, or back. */
export function BankPage({ purse: { currency }, direction }: BankPageProps) {
  const text = useText()
  const language = useLanguage()
  const wallet = useWallet()
  const { busy, problem, run } = useMoneyAction()
  const [typed, setTyped] = useState('')
  const [account, setAccount] = useState('')
  const amount = parseMoney(typed, currency)
  const valid = /^[0-9A-Za-z][0-9A-Za-z -]{3,38}[0-9A-Za-z]$/.test(account.trim())

  async function place(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (amount === undefined || !valid) return
    await run(async (id) => {
      await wallet.placeOrder(id, { direction, currency, amount, bank_account: account.trim() })
      setTyped('')
    })
  }

  return (
    <PageShell title={text(direction === 'in' ? 'pay.topUp' : 'pay.withdraw')}>
      <form className={styles['form']} onSubmit={(event) => void place(event)}>
        <AmountField value={typed} onChange={setTyped} />
        <TextField
          label={text('pay.bankAccount')}
          hint={text('pay.bankHint')}
          name="account"
          autoComplete="off"
          value={account}
          onChange={(event) => setAccount(event.target.value)}
        />
        {problem !== undefined && (
          <p className={styles['problem']} role="alert">
            {problem}
          </p>
        )}
        <Button wide type="submit" busy={busy} disabled={amount === undefined || !valid}>
          {text(direction === 'in' ? 'pay.topUpAmount' : 'pay.withdrawAmount', {
            amount: amount === undefined ? '' : formatMoney(amount, currency, language),
          })}
        </Button>
      </form>
      <Orders direction={direction} />
    </PageShell>
  )
}

const states: Readonly<Record<BankOrderView['state'], MessageKey>> = {
  new: 'pay.orderNew',
  accepted: 'pay.orderNew',
  submitted: 'pay.orderNew',
  settled: 'pay.orderSettled',
  rejected: 'pay.orderRejected',
  returned: 'pay.orderReturned',
}
const lookMs = 1_500

/** What became of the last ones; asked for again as long as one is on its way. */
function Orders({ direction }: { direction: 'in' | 'out' }) {
  const text = useText()
  const language = useLanguage()
  const wallet = useWallet()
  const version = useMoneyChanges()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that it is worth asking anew.
  const ask = useCallback(() => wallet.orders(), [wallet, version])
  const orders = useAsked(ask).value?.orders.filter((order) => order.direction === direction) ?? []
  const open = orders.some(({ state }) => states[state] === 'pay.orderNew')
  useEffect(() => {
    if (!open) return
    const timer = setInterval(moneyChanged, lookMs)
    return () => clearInterval(timer)
  }, [open])
  if (orders.length === 0) return null
  return (
    <section aria-label={text('pay.orders')}>
      <h3 className={styles['soft']}>{text('pay.orders')}</h3>
      <div className={styles['list']}>
        {orders.map(({ id, amount, currency, bank_account, state }) => (
          <ListRow
            key={id}
            disabled
            start={<Landmark size={20} aria-hidden />}
            title={formatMoney(amount, currency, language)}
            text={bank_account}
            end={text(states[state])}
          />
        ))}
      </div>
    </section>
  )
}
