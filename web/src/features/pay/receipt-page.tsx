import { Copy } from 'lucide-react'
import { useCallback } from 'react'
import type { WalletView } from '../../../../server/src/services/wallet/wire.ts'
import { useAsked } from '../../api/use-asked.ts'
import { useWallet } from '../../api/wallet.ts'
import { formatFull } from '../../i18n/dates.ts'
import { formatChange, formatMoney } from '../../i18n/money.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { showToast } from '../../ui/toast.tsx'
import { kindKey } from './kinds.ts'
import { PageShell } from './page-shell.tsx'
import styles from './receipt-page.module.css'

/** What stands in the books about one activity. */
export function ReceiptPage({ purse: { currency }, position }: { purse: WalletView; position: string }) {
  const text = useText()
  const language = useLanguage()
  const wallet = useWallet()
  const ask = useCallback(() => wallet.activity(currency, position), [wallet, currency, position])
  const { value, error, again } = useAsked(ask)
  if (!value)
    return (
      <PageShell title={text('pay.receipt')}>
        {error === undefined ? (
          <Skeleton rows={4} label={text('general.loading')} />
        ) : (
          <Button onClick={again}>{text('general.retry')}</Button>
        )}
      </PageShell>
    )
  const { amount, balance, kind, title, note, person, at_ts, request } = value
  const lines: readonly (readonly [string, string])[] = [
    [text('pay.kind'), text(kindKey(kind))],
    [text('pay.when'), formatFull(at_ts, language)],
    ...(note === undefined ? [] : [[text('pay.note'), note] as const]),
    [text('pay.balanceAfter'), formatMoney(balance, currency, language)],
  ]
  return (
    <PageShell title={text('pay.receipt')}>
      <article className={styles['receipt']}>
        <h3>{title || text(kindKey(kind))}</h3>
        {person !== undefined && <p className={styles['person']}>{person}</p>}
        <p className={styles['sum']}>{formatChange(amount, currency, language)}</p>
        <dl>
          {lines.map(([name, told]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{told}</dd>
            </div>
          ))}
        </dl>
        <p className={styles['number']}>
          <span>
            {text('pay.number')} {request}
          </span>
          <IconButton
            label={text('pay.number')}
            onClick={() => {
              void navigator.clipboard.writeText(request).then(() => showToast(text('general.copied')))
            }}
          >
            <Copy size={16} aria-hidden />
          </IconButton>
        </p>
      </article>
    </PageShell>
  )
}
