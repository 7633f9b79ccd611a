import {
  EventType,
  type MatrixClient,
  type MatrixEvent,
  NotificationCountType,
  type Room,
} from 'matrix-js-sdk'
import { foldersIn } from './folders.ts'
import { isOpenChat } from './group-actions.ts'

export type ChatKind = 'person' | 'group' | 'open' | 'community'

/** A chat as it stands in a list. */
export type ChatSummary = {
  roomId: string
  name: string
  avatarMxc: string | undefined
  kind: ChatKind
  /** The other person of a chat for two. */
  with: string | undefined
  invited: boolean
  last: MatrixEvent | undefined
  /** When something was last said, in Unix milliseconds. */
  at: number
  unread: number
  muted: boolean
  pinned: boolean
  /** Names of the person's own folders that it is in. */
  folders: readonly string[]
  encrypted: boolean
  /** Names of those who are typing. */
  typing: readonly string[]
}

export function summarise(
  client: MatrixClient,
  room: Room,
  direct: ReadonlyMap<string, string>,
): ChatSummary {
  const invited = room.getMyMembership() === 'invite'
  const last = lastShown(room)
  const me = client.getSafeUserId()
  return {
    roomId: room.roomId,
    name: room.name,
    avatarMxc: pictureOf(room),
    kind: kindOf(room, direct),
    with: direct.get(room.roomId),
    invited,
    last,
    at: last?.getTs() ?? room.getMember(me)?.events.member?.getTs() ?? 0,
    unread: invited ? 1 : room.getUnreadNotificationCount(NotificationCountType.Total),
    muted: isMuted(client, room.roomId),
    pinned: 'm.favourite' in room.tags,
    folders: foldersIn(room.tags),
    encrypted: room.hasEncryptionStateEvent(),
    typing: room
      .getMembers()
      .filter(({ typing, userId }) => typing && userId !== me)
      .map(({ name }) => name),
  }
}

function kindOf(room: Room, direct: ReadonlyMap<string, string>): ChatKind {
  if (direct.has(room.roomId)) return 'person'
  if (room.isSpaceRoom()) return 'community'
  return isOpenChat(room) ? 'open' : 'group'
}

/** Pinned chats first, then the newest. */
export function compareChats(
  a: Pick<ChatSummary, 'pinned' | 'at' | 'roomId'>,
  b: Pick<ChatSummary, 'pinned' | 'at' | 'roomId'>,
): number {
  if (a.pinned !== b.pinned) return a.pinned ? -1 : 1
  return b.at - a.at || (a.roomId < b.roomId ? -1 : 1)
}

/** The other person of each chat for two, by its room: https://spec.matrix.org/v1.19/client-server-api/#mdirect */
export function directRooms(client: MatrixClient): Map<string, string> {
  const content: Record<string, unknown> = client.getAccountData(EventType.Direct)?.getContent() ?? {}
  return new Map(
    Object.entries(content).flatMap(([userId, rooms]) =>
      Array.isArray(rooms) ? rooms.map((roomId: string) => [roomId, userId] as const) : [],
    ),
  )
}

export function pictureOf(room: Room): string | undefined {
  return room.getMxcAvatarUrl() ?? room.getAvatarFallbackMember()?.getMxcAvatarUrl() ?? undefined
}

export function isMuted(client: MatrixClient, roomId: string): boolean {
  const rule = client.getRoomPushRule('global', roomId)
  return rule !== undefined && rule.enabled !== false && !rule.actions.some((action) => action === 'notify')
}

const shownTypes: ReadonlySet<string> = new Set([
  'm.room.message',
  'm.room.encrypted',
  'm.sticker',
  'm.call.invite',
  'm.poll.start',
  'org.matrix.msc3381.poll.start',
])

/** The newest event that a list says something about. */
function lastShown(room: Room): MatrixEvent | undefined {
  const events = room.getLiveTimeline().getEvents()
  return events.findLast((event) => shownTypes.has(event.getType()) && !event.isRelation('m.replace'))
}
