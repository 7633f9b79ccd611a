import { CircleAlert, Clock } from 'lucide-react'
import type { ChatSummary } from '../../api/chat-summary.ts'
import { useClient } from '../../api/client-context.ts'
import { describeContent, describeEvent } from '../../api/describe-event.ts'
import { useOutboxOf } from '../../api/use-outbox.ts'
import { type Text, useText } from '../../i18n/text.ts'
import styles from './preview.module.css'
import { PreviewLine } from './preview-line.tsx'

/** The second line of a chat: who is typing, a draft, what is on its way, or what was said last. */
export function Preview({ chat, draft }: { chat: ChatSummary; draft: string | undefined }) {
  const text = useText()
  const me = useClient().getSafeUserId()
  const pending = useOutboxOf(chat.roomId).at(-1)
  if (chat.typing.length > 0) return <span className={styles['typing']}>{text('chats.typing')}</span>
  if (!draft && pending && pending.state !== 'sent')
    return (
      <span className={styles['line']}>
        {pending.state === 'failed' ? (
          <CircleAlert size={13} className={styles['failed']} aria-label={text('chats.notSent')} />
        ) : (
          <Clock size={13} aria-label={text('chats.sending')} />
        )}{' '}
        {describeContent(pending.type, pending.content, text)}
      </span>
    )
  return <PreviewLine line={lastSaid(chat, me, text)} draft={draft} />
}

/** What was said last, and by whom where that is not plain. */
export function lastSaid(chat: ChatSummary, me: string, text: Text): string {
  if (chat.kind === 'community') return text('join.community')
  if (!chat.last) return ''
  const said = describeEvent(chat.last, text)
  if (chat.last.getSender() === me) return text('preview.you', { text: said })
  if (chat.with !== undefined) return said
  return text('preview.by', { name: chat.last.sender?.name ?? '', text: said })
}
