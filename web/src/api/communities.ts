import { type MatrixClient, Preset, type Room, Visibility } from 'matrix-js-sdk'
import { joiningOf } from './group-actions.ts'

/** A chat of a community, as its members see it before they are in it. */
export type CommunityChat = {
  roomId: string
  name: string
  topic: string | undefined
  avatarMxc: string | undefined
  members: number
  isCommunity: boolean
}

const chatsMost = 100

/** The chats that a community names, by https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1roomsroomidhierarchy */
export async function readCommunity(client: MatrixClient, spaceId: string): Promise<CommunityChat[]> {
  const { rooms } = await client.getRoomHierarchy(spaceId, chatsMost, 1)
  return rooms
    .filter(({ room_id: roomId }) => roomId !== spaceId)
    .map((room) => ({
      roomId: room.room_id,
      name: room.name ?? room.canonical_alias ?? room.room_id,
      topic: room.topic,
      avatarMxc: room.avatar_url,
      members: room.num_joined_members,
      isCommunity: room.room_type === 'm.space',
    }))
}

export async function createCommunity(
  client: MatrixClient,
  { name, topic, listed }: { name: string; topic: string; listed: boolean },
): Promise<string> {
  const { room_id: roomId } = await client.createRoom({
    name,
    ...(topic !== '' && { topic }),
    preset: Preset.PublicChat,
    visibility: listed ? Visibility.Public : Visibility.Private,
    creation_content: { type: 'm.space' },
    // A community holds chats and is none itself.
    power_level_content_override: { events_default: 100, invite: 0 },
  })
  return roomId
}

/** A new chat of the community, which all of its members can come into. */
export async function createChatIn(client: MatrixClient, space: Room, name: string): Promise<string> {
  const { room_id: roomId } = await client.createRoom({
    name,
    preset: Preset.PrivateChat,
    visibility: Visibility.Private,
    initial_state: [
      { type: 'm.room.join_rules', state_key: '', content: openToMembersOf(space) },
      {
        type: 'm.space.parent',
        state_key: space.roomId,
        content: { canonical: true, via: [serverOf(client)] },
      },
    ],
  })
  await setChild(client, space, roomId, true)
  return roomId
}

/** Names a chat in the community; one that only invited people could enter opens itself to the members. */
export async function addChat(client: MatrixClient, space: Room, room: Room): Promise<void> {
  const mayOpen = room.currentState.maySendStateEvent('m.room.join_rules', client.getSafeUserId())
  if (joiningOf(room) === 'invite' && mayOpen)
    await client.sendStateEvent(room.roomId, 'm.room.join_rules' as never, openToMembersOf(space) as never)
  await setChild(client, space, room.roomId, true)
}

export async function removeChat(client: MatrixClient, space: Room, roomId: string): Promise<void> {
  await setChild(client, space, roomId, false)
}

/** The ids of the chats that a community names. */
export function childrenOf(space: Room): ReadonlySet<string> {
  return new Set(
    space.currentState
      .getStateEvents('m.space.child')
      .filter((event) => Array.isArray(event.getContent()['via']))
      .map((event) => event.getStateKey() ?? ''),
  )
}

async function setChild(client: MatrixClient, space: Room, roomId: string, named: boolean): Promise<void> {
  const content = named ? { via: [serverOf(client)] } : {}
  await client.sendStateEvent(space.roomId, 'm.space.child' as never, content as never, roomId)
}

function openToMembersOf(space: Room) {
  return { join_rule: 'restricted', allow: [{ type: 'm.room_membership', room_id: space.roomId }] }
}

function serverOf(client: MatrixClient): string {
  return client.getDomain() ?? ''
}
