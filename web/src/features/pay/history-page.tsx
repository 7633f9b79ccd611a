import { useCallback, useEffect, useState } from 'react'
import type { ActivityView, WalletView } from '../../../../server/src/services/wallet/wire.ts'
import { useAsked } from '../../api/use-asked.ts'
import { useMoneyChanges } from '../../api/use-purse.ts'
import { useWallet } from '../../api/wallet.ts'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { ChoiceTabs } from '../../ui/choice-tabs.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Activities } from './activities.tsx'
import styles from './history-page.module.css'
import { Months } from './months.tsx'
import { PageShell } from './page-shell.tsx'

type Direction = 'all' | 'in' | 'out'

const pageSize = 30
const calmMs = 250

/** All that came in and went out: by month, and one by one with filters. */
export function HistoryPage({ purse: { currency } }: { purse: WalletView }) {
  const text = useText()
  const [typed, setTyped] = useState('')
  const [direction, setDirection] = useState<Direction>('all')
  const search = useCalm(typed.trim())
  return (
    <PageShell title={text('pay.history')}>
      <Months currency={currency} />
      <SearchField
        label={text('pay.searchHistory')}
        clearLabel={text('general.clear')}
        value={typed}
        onChange={setTyped}
      />
      <ChoiceTabs
        label={text('pay.history')}
        value={direction}
        onChange={setDirection}
        choices={(['all', 'in', 'out'] as const).map((value) => ({ value, label: text(`pay.${value}`) }))}
      />
      <Found key={`${direction} ${search}`} currency={currency} direction={direction} search={search} />
    </PageShell>
  )
}

type FoundProps = { currency: string; direction: Direction; search: string }

function Found({ currency, direction, search }: FoundProps) {
  const text = useText()
  const wallet = useWallet()
  const version = useMoneyChanges()
  const [older, setOlder] = useState<{ activities: ActivityView[]; next: number | undefined }>()
  const [busy, setBusy] = useState(false)
  const filter = { limit: pageSize, ...(search && { search }), ...(direction !== 'all' && { direction }) }
  // biome-ignore lint/correctness/useExhaustiveDependencies: the filter is made of what is listed; the version asks anew.
  const ask = useCallback(
    () => wallet.history(currency, filter),
    [wallet, currency, direction, search, version],
  )
  const { value } = useAsked(ask)
  if (!value) return <Skeleton rows={6} label={text('general.loading')} />
  const next = older ? older.next : value.next
  const known = new Set(value.activities.map(({ position }) => position))
  const all = [
    ...value.activities,
    ...(older?.activities ?? []).filter(({ position }) => !known.has(position)),
  ]

  async function more(before: number): Promise<void> {
    setBusy(true)
    try {
      const page = await wallet.history(currency, { ...filter, before })
      setOlder({ activities: [...(older?.activities ?? []), ...page.activities], next: page.next })
    } finally {
      setBusy(false)
    }
  }

  return (
    <div className={styles['list']}>
      <Activities activities={all} currency={currency} />
      {next !== undefined && (
        <Button look="quiet" wide busy={busy} onClick={() => void more(next).catch(() => undefined)}>
          {text('pay.more')}
        </Button>
      )}
    </div>
  )
}

/** The value once it has stayed the same for a moment. */
function useCalm(value: string): string {
  const [calm, setCalm] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setCalm(value), calmMs)
    return () => clearTimeout(timer)
  }, [value])
  return calm
}
