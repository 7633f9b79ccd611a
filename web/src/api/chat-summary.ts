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
  /** Changes whenever what the last event says does: events change in themselves. */
  lastVersion: string
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

const summaries = new WeakMap<Room, ChatSummary>()

/** A room as it stands; the very object of the last time when nothing has changed, so that its row need not be drawn. */
export function summarise(
  client: MatrixClient,
  room: Room,
  direct: ReadonlyMap<string, string>,
): ChatSummary {
  const before = summaries.get(room)
  const now = lookAt(client, room, direct)
  if (before && sameSummary(before, now)) return before
  summaries.set(room, now)
  return now
}

function sameSummary(a: ChatSummary, b: ChatSummary): boolean {
  return (Object.keys(a) as (keyof ChatSummary)[]).every((key) => same(a[key], b[key]))
}

function same(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b
  return a.length === b.length && a.every((each, index) => each === b[index])
}

function lookAt(client: MatrixClient, room: Room, direct: ReadonlyMap<string, string>): ChatSummary {
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
    lastVersion: last ? versionOf(last) : '',
    at: last?.getTs() ?? room.getMember(me)?.events.member?.getTs() ?? 0,
    unread: unreadOf(room),
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

function versionOf(event: MatrixEvent): string {
  const { sender } = event
  return [
    event.getId(),
    event.getType(),
    event.replacingEventId(),
    event.isRedacted(),
    event.isBeingDecrypted(),
    sender?.name,
  ].join(' ')
}

/** An invitation counts like a message. */
export function unreadOf(room: Room): number {
  return room.getMyMembership() === 'invite'
    ? 1
    : room.getUnreadNotificationCount(NotificationCountType.Total)
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
