import { EventType, type ICreateRoomOpts, type MatrixClient, Preset, Visibility } from 'matrix-js-sdk'
import { directRooms } from './chat-summary.ts'

export type FoundChat = {
  roomId: string
  name: string
  topic: string | undefined
  avatarMxc: string | undefined
  members: number
}

export type FoundPerson = { userId: string; name: string; avatarMxc: string | undefined }

/** People of this server by name or id, without oneself. */
export async function findPeople(client: MatrixClient, term: string): Promise<FoundPerson[]> {
  const { results } = await client.searchUserDirectory({ term, limit: 20 })
  return results
    .filter(({ user_id }) => user_id !== client.getUserId())
    .map(({ user_id, display_name, avatar_url }) => ({
      userId: user_id,
      name: display_name || localPart(user_id),
      avatarMxc: avatar_url,
    }))
}

/** The chat of two, which is made where there is none yet. Gives its room. */
export async function openDirectChat(client: MatrixClient, userId: string): Promise<string> {
  const known = [...directRooms(client)].find(
    ([roomId, other]) => other === userId && client.getRoom(roomId)?.getMyMembership() === 'join',
  )
  if (known) return known[0]
  const { room_id: roomId } = await client.createRoom({
    ...encrypted,
    preset: Preset.TrustedPrivateChat,
    is_direct: true,
    invite: [userId],
  })
  await noteDirect(client, userId, roomId)
  return roomId
}

export async function createGroup(
  client: MatrixClient,
  name: string,
  userIds: readonly string[],
): Promise<string> {
  const { room_id: roomId } = await client.createRoom({
    ...encrypted,
    preset: Preset.PrivateChat,
    invite: [...userIds],
    ...(name.trim() !== '' && { name: name.trim() }),
  })
  return roomId
}

/**
 * A chat that anybody with its link can come into, under a name of their own. It is not encrypted: whoever comes later
 * reads what was said before.
 */
export async function createOpenChat(
  client: MatrixClient,
  { name, topic, listed }: { name: string; topic: string; listed: boolean },
): Promise<string> {
  const { room_id: roomId } = await client.createRoom({
    name,
    ...(topic !== '' && { topic }),
    preset: Preset.PublicChat,
    visibility: listed ? Visibility.Public : Visibility.Private,
  })
  return roomId
}

/** Open chats that are listed on this server, by a part of their name or topic. */
export async function findOpenChats(client: MatrixClient, term: string): Promise<FoundChat[]> {
  const { chunk } = await client.publicRooms({
    limit: 50,
    ...(term !== '' && { filter: { generic_search_term: term } }),
  })
  return chunk.map((room) => ({
    roomId: room.room_id,
    name: room.name ?? room.canonical_alias ?? room.room_id,
    topic: room.topic,
    avatarMxc: room.avatar_url,
    members: room.num_joined_members,
  }))
}

/** Accepts an invitation; one to a chat of two is remembered as such. */
export async function acceptInvitation(client: MatrixClient, roomId: string): Promise<void> {
  const inviter = client.getRoom(roomId)?.getDMInviter()
  await client.joinRoom(roomId)
  if (inviter !== undefined) await noteDirect(client, inviter, roomId)
}

const encrypted: ICreateRoomOpts = {
  visibility: Visibility.Private,
  initial_state: [
    { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } },
  ],
}

async function noteDirect(client: MatrixClient, userId: string, roomId: string): Promise<void> {
  const content: Record<string, string[]> = { ...client.getAccountData(EventType.Direct)?.getContent() }
  content[userId] = [...new Set([...(content[userId] ?? []), roomId])]
  await client.setAccountData(EventType.Direct, content)
}

export function localPart(userId: string): string {
  return userId.slice(1).split(':', 1)[0] ?? userId
}
