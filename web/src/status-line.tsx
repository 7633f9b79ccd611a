import { CloudOff } from 'lucide-react'
import { sites } from './api/connection.ts'
import { useOutboxCount } from './api/use-outbox.ts'
import { useStore } from './api/use-store.ts'
import { useText } from './i18n/text.ts'
import styles from './status-line.module.css'

/** Says calmly what does not work just now, and what becomes of what is written meanwhile. Silent while all is well. */
export function StatusLine() {
  const text = useText()
  const reach = useStore(sites.reach)
  const waiting = useOutboxCount()
  if (reach !== 'offline') return null
  return (
    <div className={styles['line']} role="status">
      <CloudOff size={16} aria-hidden />
      {waiting > 0 ? text('status.waiting', { count: waiting }) : text('status.offline')}
    </div>
  )
}
