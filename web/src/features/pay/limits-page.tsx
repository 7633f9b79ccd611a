import { type FormEvent, useState } from 'react'
import type { WalletView } from '../../../../server/src/services/wallet/wire.ts'
import { useMoneyAction } from '../../api/use-money-action.ts'
import { useWallet } from '../../api/wallet.ts'
import { decimalOf, formatMoney, parseMoney } from '../../i18n/money.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { showToast } from '../../ui/toast.tsx'
import form from './form.module.css'
import styles from './limits-page.module.css'
import { PageShell } from './page-shell.tsx'

type Own = WalletView['own_limits']

/** How much may go out: what is spent of it today, and what the person wants to allow themselves less of. */
export function LimitsPage({ purse }: { purse: WalletView }) {
  const text = useText()
  const wallet = useWallet()
  const { currency, own_limits: own } = purse
  const { busy, problem, run } = useMoneyAction()
  const [typed, setTyped] = useState({
    transaction: shownIn(own.transaction, currency),
    day: shownIn(own.day, currency),
  })
  const wanted: Own = { transaction: readIn(typed.transaction, currency), day: readIn(typed.day, currency) }
  const wrong = (name: keyof Own) => typed[name].trim() !== '' && wanted[name] === null
  const changed = wanted.transaction !== own.transaction || wanted.day !== own.day

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault()
    await run(async () => {
      await wallet.limit(currency, wanted)
      showToast(text('settings.saved'))
    })
  }

  return (
    <PageShell title={text('pay.limits')}>
      <Today purse={purse} />
      <form className={form['form']} onSubmit={(event) => void save(event)}>
        <p className={form['soft']}>{text('pay.limitsText')}</p>
        {(['transaction', 'day'] as const).map((name) => (
          <LimitField
            key={name}
            name={name}
            purse={purse}
            value={typed[name]}
            wrong={wrong(name)}
            onChange={(value) => setTyped({ ...typed, [name]: value })}
          />
        ))}
        {problem !== undefined && (
          <p className={form['problem']} role="alert">
            {problem}
          </p>
        )}
        <Button wide type="submit" busy={busy} disabled={!changed || wrong('transaction') || wrong('day')}>
          {text('general.save')}
        </Button>
      </form>
    </PageShell>
  )
}

type LimitFieldProps = {
  name: keyof Own
  purse: WalletView
  value: string
  wrong: boolean
  onChange: (value: string) => void
}

function LimitField({ name, purse: { limits, currency }, value, wrong, onChange }: LimitFieldProps) {
  const text = useText()
  const language = useLanguage()
  const amount = formatMoney(limits[name], currency, language)
  return (
    <TextField
      label={text(name === 'transaction' ? 'pay.limitPayment' : 'pay.limitDay')}
      hint={text('pay.limitMost', { amount })}
      placeholder={text('pay.limitNone')}
      error={wrong ? text('pay.limitWrong') : undefined}
      name={name}
      inputMode="decimal"
      autoComplete="off"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

/** What has gone out today, of what may. */
function Today({ purse: { currency, limits, own_limits: own, spent_today: spent } }: { purse: WalletView }) {
  const text = useText()
  const language = useLanguage()
  const most = own.day !== null && BigInt(own.day) < BigInt(limits.day) ? own.day : limits.day
  const share = Math.min(100, Math.round(Number((BigInt(spent) * 1000n) / BigInt(most)) / 10))
  return (
    <div className={styles['today']}>
      <p>
        {text('pay.spentToday', {
          spent: formatMoney(spent, currency, language),
          most: formatMoney(most, currency, language),
        })}
      </p>
      <div className={styles['bar']} aria-hidden>
        <div className={styles['spent']} style={{ width: `${share}%` }} />
      </div>
    </div>
  )
}

function shownIn(amount: string | null, currency: string): string {
  return amount === null ? '' : decimalOf(amount, currency)
}

function readIn(typed: string, currency: string): string | null {
  return parseMoney(typed, currency) ?? null
}
