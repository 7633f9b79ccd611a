import { ClientEvent, type MatrixClient, type Room, RoomEvent, RoomMemberEvent } from 'matrix-js-sdk'
import { useMemo } from 'react'
import { type ChatSummary, compareChats, directRooms, summarise, unreadOf } from './chat-summary.ts'
import { useClient } from './client-context.ts'
import { useChanges } from './use-changes.ts'

const events = [
  ClientEvent.Room,
  ClientEvent.Sync,
  ClientEvent.AccountData,
  ClientEvent.DeleteRoom,
  RoomEvent.Timeline,
  RoomEvent.Receipt,
  RoomEvent.Name,
  RoomEvent.MyMembership,
  RoomEvent.Tags,
  RoomEvent.UnreadNotifications,
  RoomEvent.Redaction,
  RoomMemberEvent.Typing,
  'Event.decrypted',
] as const

/** In a flood of messages the list is drawn a few times a second, and not with every one. */
const calmly = { paceMs: 250 }

/** All chats, pinned ones first, then those with the newest messages. */
export function useChats(): readonly ChatSummary[] {
  const client = useClient()
  const version = useChanges(client, events, calmly)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that the client holds something new.
  return useMemo(() => chatsOf(client), [client, version])
}

const countEvents = [
  RoomEvent.UnreadNotifications,
  RoomEvent.Receipt,
  RoomEvent.Timeline,
  RoomEvent.MyMembership,
] as const

/** Unread messages in all chats together, invitations included. */
export function useUnreadTotal(): number {
  const client = useClient()
  useChanges(client, countEvents, calmly)
  return chatRooms(client).reduce((sum, room) => sum + unreadOf(room), 0)
}

function chatsOf(client: MatrixClient): ChatSummary[] {
  const direct = directRooms(client)
  return chatRooms(client)
    .map((room) => summarise(client, room, direct))
    .sort(compareChats)
}

function chatRooms(client: MatrixClient): Room[] {
  return client.getVisibleRooms().filter((room) => ['join', 'invite'].includes(room.getMyMembership()))
}
