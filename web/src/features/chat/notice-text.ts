import type { MatrixEvent } from 'matrix-js-sdk'
import { localPart } from '../../api/start-chat.ts'
import type { Text } from '../../i18n/text.ts'

/** What a change of the room says to the people in it; `undefined` when it is not worth a line. */
export function noticeText(event: MatrixEvent, text: Text, me: string): string | undefined {
  const name = event.sender?.name ?? localPart(event.getSender() ?? '')
  switch (event.getType()) {
    case 'm.room.member':
      return memberText(event, text, name, me)
    case 'm.room.name':
      return text('notice.named', { name, title: String(event.getContent()['name'] ?? '') })
    case 'm.room.topic':
      return text('notice.topic', { name, topic: String(event.getContent()['topic'] ?? '') })
    case 'm.room.create':
      return text('notice.created', { name })
    case 'm.room.encryption':
      return text('notice.encrypted')
    case 'm.room.pinned_events':
      return text('notice.pinned', { name })
    case 'm.room.avatar':
      return text('notice.picture', { name })
    default:
      return undefined
  }
}

function memberText(event: MatrixEvent, text: Text, name: string, me: string): string | undefined {
  const { membership, displayname } = event.getContent()
  const before = event.getPrevContent()['membership']
  const target = typeof displayname === 'string' ? displayname : localPart(event.getStateKey() ?? '')
  const byThemselves = event.getSender() === event.getStateKey()
  if (membership === before) return undefined
  switch (membership) {
    case 'join':
      return event.getStateKey() === me && before === undefined
        ? undefined
        : text('notice.joined', { name: target })
    case 'invite':
      return text('notice.invited', { name, target })
    case 'leave':
      if (byThemselves) return text('notice.left', { name: target || name })
      return before === 'ban' ? undefined : text('notice.removed', { name, target })
    case 'ban':
      return text('notice.removed', { name, target })
    default:
      return undefined
  }
}
