import { ArrowDownLeft, ArrowUpRight, Landmark, Store, Undo2, Wallet } from 'lucide-react'
import type { ActivityView } from '../../../../server/src/services/wallet/wire.ts'
import { formatShort } from '../../i18n/dates.ts'
import { formatChange } from '../../i18n/money.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import { goTo, usePlace } from '../../navigation/router.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ListRow } from '../../ui/list-row.tsx'
import styles from './activities.module.css'
import { kindKey } from './kinds.ts'

type ActivitiesProps = { activities: readonly ActivityView[]; currency: string }

const pictures: Readonly<Record<string, typeof Store>> = {
  payment: Store,
  refund: Undo2,
  top_up: Landmark,
  top_up_returned: Landmark,
  withdrawal: Landmark,
  withdrawal_returned: Landmark,
  sent: ArrowUpRight,
  received: ArrowDownLeft,
}

/** What came in and went out, newest first; each leads to its receipt. */
export function Activities({ activities, currency }: ActivitiesProps) {
  const text = useText()
  const language = useLanguage()
  const { open, detail } = usePlace()
  if (activities.length === 0)
    return (
      <EmptyState picture={<Wallet size={32} />} title={text('pay.nothing')} text={text('pay.nothingText')} />
    )
  return activities.map(({ position, kind, title, note, amount, at_ts }) => {
    const Picture = pictures[kind] ?? Wallet
    return (
      <ListRow
        key={position}
        selected={open === 'receipt' && detail === String(position)}
        start={
          <span className={styles['picture']} aria-hidden>
            <Picture size={20} />
          </span>
        }
        title={title || text(kindKey(kind))}
        text={[text(kindKey(kind)), note].filter(Boolean).join(' · ')}
        end={
          <span className={styles['end']}>
            <span className={amount.startsWith('-') ? styles['out'] : styles['in']}>
              {formatChange(amount, currency, language)}
            </span>
            <time>{formatShort(at_ts, Date.now(), language, text)}</time>
          </span>
        }
        onClick={() => goTo({ section: 'pay', open: 'receipt', detail: String(position) })}
      />
    )
  })
}
