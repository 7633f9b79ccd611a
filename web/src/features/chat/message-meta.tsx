import { Clock, RotateCw } from 'lucide-react'
import { outbox } from '../../api/device-outbox.ts'
import { formatClock } from '../../i18n/dates.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import styles from './message-meta.module.css'
import type { ShownThing } from './shown-things.ts'

type MessageMetaProps = { thing: ShownThing; last: boolean; unread: number }

/** Beside the bubble: how many people have not read it yet, when it was said, and what became of it. */
export function MessageMeta({ thing, last, unread }: MessageMetaProps) {
  const text = useText()
  const language = useLanguage()
  const state = thing.entry?.state
  return (
    <span className={styles['meta']}>
      {state === undefined && unread > 0 && (
        <span className={styles['unread']}>
          <span aria-hidden>{unread}</span>
          <span className={styles['spoken']}>{text('chat.notRead', { count: unread })}</span>
        </span>
      )}
      {state === 'failed' ? (
        <Failed txnId={thing.entry?.txnId ?? ''} />
      ) : state !== undefined && state !== 'sent' ? (
        <Clock size={12} aria-label={text('chats.sending')} />
      ) : (
        last && <time dateTime={new Date(thing.at).toISOString()}>{formatClock(thing.at, language)}</time>
      )}
    </span>
  )
}

/** What the server did not take can be sent again right here; the message's menu also throws it away. */
function Failed({ txnId }: { txnId: string }) {
  const text = useText()
  return (
    <button type="button" className={styles['failed']} onClick={() => void outbox.retry(txnId)}>
      <RotateCw size={14} aria-hidden />
      {text('chat.notSentRetry')}
    </button>
  )
}
