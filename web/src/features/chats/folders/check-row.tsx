import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { useBusy } from '../../../api/use-busy.ts'
import { useText } from '../../../i18n/text.ts'
import { classNames } from '../../../ui/class-names.ts'
import { ListRow } from '../../../ui/list-row.tsx'
import { showToast } from '../../../ui/toast.tsx'
import styles from './folders.module.css'

type CheckRowProps = { start: ReactNode; title: string; checked: boolean; onChange: () => Promise<void> }

/** A row that is in or out; it shows what holds once the server knows. */
export function CheckRow({ start, title, checked, onChange }: CheckRowProps) {
  const text = useText()
  const { busy, run } = useBusy(() => showToast(text('general.failed')))
  return (
    <ListRow
      start={start}
      title={title}
      end={
        <span className={classNames(styles['check'], checked && styles['checked'])}>
          {checked && <Check size={16} strokeWidth={3} aria-hidden />}
        </span>
      }
      aria-pressed={checked}
      disabled={busy}
      onClick={() => run(onChange)}
    />
  )
}
