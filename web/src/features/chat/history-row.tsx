import type { Room } from 'matrix-js-sdk'
import { useClient } from '../../api/client-context.ts'
import { formatDay } from '../../i18n/dates.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import type { HistoryItem } from './history-items.ts'
import styles from './history-row.module.css'
import { Message } from './message.tsx'
import { noticeText } from './notice-text.ts'
import type { ShownThing } from './shown-things.ts'

type HistoryRowProps = { item: HistoryItem<ShownThing>; room: Room; unread: number }

export function HistoryRow({ item, room, unread }: HistoryRowProps) {
  const text = useText()
  const language = useLanguage()
  const me = useClient().getSafeUserId()
  switch (item.kind) {
    case 'day':
      return (
        <div className={styles['day']}>
          <span>{formatDay(item.at, Date.now(), language, text)}</span>
        </div>
      )
    case 'new':
      return (
        <div className={styles['new']}>
          <span>{text('chat.newMessages')}</span>
        </div>
      )
    case 'notice': {
      const said = item.thing.event && noticeText(item.thing.event, text, me)
      return said ? <div className={styles['notice']}>{said}</div> : null
    }
    case 'message':
      return <Message thing={item.thing} room={room} first={item.first} last={item.last} unread={unread} />
  }
}
