import { describeEvent } from '../../api/describe-event.ts'
import { useRepliedEvent } from '../../api/use-replied-event.ts'
import { useText } from '../../i18n/text.ts'
import { useChat } from './chat-context.ts'
import styles from './reply-quote.module.css'
import type { ShownThing } from './shown-things.ts'
import { contentOf } from './thing-content.ts'

/** What a message answers, on top of its bubble; pressing it goes there. */
export function ReplyQuote({ thing }: { thing: ShownThing }) {
  const text = useText()
  const { room, jumpTo } = useChat()
  const id = thing.event ? thing.event.replyEventId : repliedIn(contentOf(thing))
  const event = useRepliedEvent(room, id)
  if (id === undefined) return null
  return (
    <button type="button" className={styles['quote']} onClick={() => jumpTo(id)}>
      <span className={styles['name']}>{event?.sender?.name ?? text('general.loading')}</span>
      <span className={styles['text']}>{event && describeEvent(event, text)}</span>
    </button>
  )
}

function repliedIn(content: Record<string, unknown>): string | undefined {
  const relation = content['m.relates_to'] as { 'm.in_reply_to'?: { event_id?: string } } | undefined
  return relation?.['m.in_reply_to']?.event_id
}
