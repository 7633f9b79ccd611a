import { ClientEvent, type Room, RoomEvent, RoomMemberEvent, RoomStateEvent } from 'matrix-js-sdk'
import { useClient } from './client-context.ts'
import { useChanges } from './use-changes.ts'

const arrivals = [ClientEvent.Room, RoomEvent.MyMembership] as const
const changes = [
  RoomEvent.Name,
  RoomEvent.MyMembership,
  RoomStateEvent.Members,
  RoomStateEvent.Events,
] as const
const typingEvents = [RoomMemberEvent.Typing] as const

/** A room that the person is in, drawing again when its name, members or state change. */
export function useRoom(roomId: string): Room | undefined {
  const client = useClient()
  useChanges(client, arrivals)
  const room = client.getRoom(roomId) ?? undefined
  useChanges(room, changes)
  return room
}

/** Names of the others who are typing there. */
export function useTyping(room: Room): readonly string[] {
  const client = useClient()
  useChanges(client, typingEvents)
  return room
    .getMembers()
    .filter(({ typing, userId }) => typing && userId !== client.getUserId())
    .map(({ name }) => name)
}
