import type { MatrixEvent, Room, RoomMember } from 'matrix-js-sdk'
import { useClient } from '../../api/client-context.ts'
import { formatFull } from '../../i18n/dates.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { ListRow } from '../../ui/list-row.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import styles from './message-info.module.css'

type MessageInfoProps = { room: Room; event: MatrixEvent; onClose: () => void }

/** When a message was sent, how it is protected, and who has read it. */
export function MessageInfo({ room, event, onClose }: MessageInfoProps) {
  const text = useText()
  const language = useLanguage()
  const me = useClient().getUserId()
  const others = room.getJoinedMembers().filter(({ userId }) => userId !== me && userId !== event.getSender())
  const hasRead = ({ userId }: RoomMember) => room.hasUserReadEvent(userId, event.getId() ?? '')
  const read = others.filter(hasRead)
  const unread = others.filter((member) => !hasRead(member))
  return (
    <Sheet open title={text('chat.info')} closeLabel={text('general.close')} onClose={onClose}>
      <p className={styles['fact']}>{formatFull(event.getTs(), language)}</p>
      <p className={styles['fact']}>{text(event.isEncrypted() ? 'chat.isEncrypted' : 'chat.notEncrypted')}</p>
      <People title={text('chat.readBy', { count: read.length })} people={read} />
      <People title={text('chat.notYetRead', { count: unread.length })} people={unread} />
    </Sheet>
  )
}

function People({ title, people }: { title: string; people: readonly RoomMember[] }) {
  if (people.length === 0) return null
  return (
    <section className={styles['people']}>
      <h3>{title}</h3>
      {people.slice(0, 200).map(({ userId, name }) => (
        <ListRow key={userId} start={<Avatar size="s" id={userId} name={name} />} title={name} />
      ))}
    </section>
  )
}
