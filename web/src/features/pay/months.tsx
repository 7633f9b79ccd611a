import { useCallback } from 'react'
import { useAsked } from '../../api/use-asked.ts'
import { useMoneyChanges } from '../../api/use-purse.ts'
import { useWallet } from '../../api/wallet.ts'
import { formatMoney } from '../../i18n/money.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import { lastMonths } from './last-months.ts'
import styles from './months.module.css'

const monthsShown = 6

/** What came in and went out in each of the last months, side by side. */
export function Months({ currency }: { currency: string }) {
  const text = useText()
  const language = useLanguage()
  const wallet = useWallet()
  const version = useMoneyChanges()
  const months = lastMonths(Date.now(), monthsShown)
  const [from = '', to = ''] = [months[0], months.at(-1)]
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that it is worth asking anew.
  const ask = useCallback(() => wallet.months(currency, from, to), [wallet, currency, from, to, version])
  const told = new Map(useAsked(ask).value?.months.map((month) => [month.month, month]))
  const sums = months.map((month) => ({ in: '0', out: '0', ...told.get(month), month }))
  const highest = Math.max(1, ...sums.flatMap((sum) => [Number(sum.in), Number(sum.out)]))
  const name = (month: string, style: 'short' | 'long') =>
    new Intl.DateTimeFormat(language, { month: style, timeZone: 'UTC' }).format(
      new Date(`${month}-15T00:00:00Z`),
    )
  const shown = (amount: string) => formatMoney(amount, currency, language)
  const current = sums.at(-1)
  return (
    <figure className={styles['figure']} aria-label={text('pay.month')}>
      {current && (
        <figcaption>
          {text('pay.monthSums', {
            month: name(current.month, 'long'),
            in: shown(current.in),
            out: shown(current.out),
          })}
        </figcaption>
      )}
      <ul className={styles['months']}>
        {sums.map((sum) => (
          <li key={sum.month}>
            <span className={styles['bars']} aria-hidden>
              <span className={styles['in']} style={{ height: `${(Number(sum.in) / highest) * 100}%` }} />
              <span className={styles['out']} style={{ height: `${(Number(sum.out) / highest) * 100}%` }} />
            </span>
            <span aria-hidden>{name(sum.month, 'short')}</span>
            <span className={styles['spoken']}>
              {text('pay.monthSums', {
                month: name(sum.month, 'long'),
                in: shown(sum.in),
                out: shown(sum.out),
              })}
            </span>
          </li>
        ))}
      </ul>
      <p className={styles['legend']} aria-hidden>
        <span className={styles['in']} /> {text('pay.in')}
        <span className={styles['out']} /> {text('pay.out')}
      </p>
    </figure>
  )
}
