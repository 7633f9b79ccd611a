import type { Room } from 'matrix-js-sdk'
import { useClient } from '../../api/client-context.ts'
import { usePicture } from '../../api/use-media.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { classNames } from '../../ui/class-names.ts'
import styles from './message.module.css'
import { MessageContent } from './message-content.tsx'
import { MessageMeta } from './message-meta.tsx'
import type { ShownThing } from './shown-things.ts'

type MessageProps = { thing: ShownThing; room: Room; first: boolean; last: boolean; unread: number }

/** One bubble. On the left those of others, under their name; on the right one's own. */
export function Message({ thing, room, first, last, unread }: MessageProps) {
  const own = thing.sender === useClient().getUserId()
  return (
    <div
      className={classNames(styles['row'], own && styles['own'], first && styles['first'])}
      data-event={thing.event?.getId()}
    >
      {!own && (
        <span className={styles['side']}>{first && <Sender room={room} userId={thing.sender} />}</span>
      )}
      <div className={styles['column']}>
        {!own && first && (
          <span className={styles['name']}>{room.getMember(thing.sender)?.name ?? thing.sender}</span>
        )}
        <div className={styles['line']}>
          <div className={classNames(styles['bubble'], first && styles['tail'])}>
            <MessageContent thing={thing} />
          </div>
          <MessageMeta thing={thing} last={last} unread={unread} />
        </div>
      </div>
    </div>
  )
}

function Sender({ room, userId }: { room: Room; userId: string }) {
  const member = room.getMember(userId)
  const picture = usePicture(member?.getMxcAvatarUrl())
  return <Avatar size="s" id={userId} name={member?.name ?? userId} picture={picture} />
}
