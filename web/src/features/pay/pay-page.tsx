import { Wallet } from 'lucide-react'
import { usePurse } from '../../api/use-purse.ts'
import { useText } from '../../i18n/text.ts'
import type { Place } from '../../navigation/places.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { AskPage } from './ask-page.tsx'
import { BankPage } from './bank-page.tsx'
import { CodePage } from './code-page.tsx'
import { HistoryPage } from './history-page.tsx'
import { LimitsPage } from './limits-page.tsx'
import { ReceiptPage } from './receipt-page.tsx'
import { ScanPage } from './scan-page.tsx'
import { SendPage } from './send-page.tsx'

/** What is open beside the wallet. */
export function PayPage({ place: { open, detail } }: { place: Place }) {
  const text = useText()
  const { purse } = usePurse()
  if (open === undefined)
    return (
      <EmptyState picture={<Wallet size={32} />} title={text('pay.choose')} text={text('pay.chooseText')} />
    )
  // Also without a connection.
  if (open === 'code') return <CodePage />
  if (!purse) return <Skeleton rows={6} label={text('general.loading')} />
  switch (open) {
    case 'scan':
      return <ScanPage />
    case 'send':
      return <SendPage purse={purse} to={detail} />
    case 'ask':
      return <AskPage purse={purse} />
    case 'top-up':
      return <BankPage key="in" purse={purse} direction="in" />
    case 'withdraw':
      return <BankPage key="out" purse={purse} direction="out" />
    case 'limits':
      return <LimitsPage purse={purse} />
    case 'receipt':
      return <ReceiptPage purse={purse} position={detail ?? ''} />
    default:
      return <HistoryPage purse={purse} />
  }
}
