import type { Room } from 'matrix-js-sdk'
import { useClient } from '../../api/client-context.ts'
import { showProfile } from '../../api/shown-profile.ts'
import { usePicture } from '../../api/use-media.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { classNames } from '../../ui/class-names.ts'
import { PressMenu } from '../../ui/menu.tsx'
import { useChat } from './chat-context.ts'
import { LinkPreview } from './link-preview.tsx'
import styles from './message.module.css'
import { MessageContent } from './message-content.tsx'
import { MessageMeta } from './message-meta.tsx'
import { QuickReactions } from './quick-reactions.tsx'
import { Reactions } from './reactions.tsx'
import { ReplyQuote } from './reply-quote.tsx'
import type { ShownThing } from './shown-things.ts'
import { SwipeToReply } from './swipe-to-reply.tsx'
import { contentOf, typeOf } from './thing-content.ts'
import { ThreadLine } from './thread-line.tsx'
import { useMessageActions } from './use-message-actions.tsx'

type MessageProps = { thing: ShownThing; room: Room; first: boolean; last: boolean; unread: number }

/** One bubble. On the left those of others, under their name; on the right one's own. */
export function Message({ thing, room, first, last, unread }: MessageProps) {
  const own = thing.sender === useClient().getUserId()
  const { highlighted, reply } = useChat()
  const items = useMessageActions(thing, own)
  const { event } = thing
  const id = event?.getId()
  return (
    <SwipeToReply
      onReply={event && !event.isRedacted() ? () => reply(event) : undefined}
      className={classNames(
        styles['row'],
        own && styles['own'],
        first && styles['first'],
        id !== undefined && id === highlighted && styles['highlighted'],
      )}
      data-event={id}
    >
      {!own && (
        <span className={styles['side']}>{first && <Sender room={room} userId={thing.sender} />}</span>
      )}
      <div className={styles['column']}>
        {!own && first && (
          <span className={styles['name']}>{room.getMember(thing.sender)?.name ?? thing.sender}</span>
        )}
        <div className={styles['line']}>
          <PressMenu
            items={items}
            top={event && !event.isRedacted() && <QuickReactions event={event} />}
            target={
              <div
                className={classNames(
                  styles['bubble'],
                  first && styles['tail'],
                  isBare(thing) && styles['bare'],
                )}
              />
            }
          >
            <ReplyQuote thing={thing} />
            <MessageContent thing={thing} />
            {event && <LinkPreview event={event} room={room} />}
          </PressMenu>
          <MessageMeta thing={thing} last={last} unread={unread} />
        </div>
        {event && <Reactions event={event} />}
        {event && <ThreadLine event={event} />}
      </div>
    </SwipeToReply>
  )
}

/** A picture that stands for itself needs no bubble around it. */
function isBare(thing: ShownThing): boolean {
  if (thing.event?.isRedacted() || thing.event?.replyEventId !== undefined) return false
  const { msgtype } = contentOf(thing)
  return msgtype === 'm.image' || msgtype === 'm.video' || typeOf(thing) === 'm.sticker'
}

function Sender({ room, userId }: { room: Room; userId: string }) {
  const member = room.getMember(userId)
  const picture = usePicture(member?.getMxcAvatarUrl())
  const name = member?.name ?? userId
  return (
    <button type="button" aria-label={name} onClick={() => showProfile(userId)}>
      <Avatar size="s" id={userId} name={name} picture={picture} />
    </button>
  )
}
