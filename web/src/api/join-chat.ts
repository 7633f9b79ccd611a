import type { MatrixClient, Room } from 'matrix-js-sdk'

/** What a chat tells of itself to who is not in it: https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1room_summaryroomidoralias */
export type ChatFacts = {
  roomId: string
  name: string | undefined
  topic: string | undefined
  avatarMxc: string | undefined
  members: number
  joining: 'open' | 'ask' | 'closed'
  isCommunity: boolean
  encrypted: boolean
  membership: string | undefined
}

export async function readFacts(client: MatrixClient, idOrAlias: string): Promise<ChatFacts> {
  const told = await client.getRoomSummary(idOrAlias)
  return {
    roomId: told.room_id,
    name: told.name,
    topic: told.topic,
    avatarMxc: told.avatar_url,
    members: told.num_joined_members,
    joining: joiningBy(told.join_rule),
    isCommunity: (told.room_type as string | undefined) === 'm.space',
    encrypted: told.encryption !== undefined,
    membership: told.membership,
  }
}

/** What is known of a chat that tells this person nothing any more, such as after a ban. */
export function factsOf(room: Room): ChatFacts {
  return {
    roomId: room.roomId,
    name: room.name,
    topic: undefined,
    avatarMxc: room.getMxcAvatarUrl() ?? undefined,
    members: room.getJoinedMemberCount(),
    joining: 'closed',
    isCommunity: room.isSpaceRoom(),
    encrypted: room.hasEncryptionStateEvent(),
    membership: room.getMyMembership(),
  }
}

/**
 * Comes into a chat. With a name of one's own for it the usual one is never shown there: the very event that joins
 * carries the other name, and no picture.
 */
export async function joinChat(client: MatrixClient, roomId: string, nameHere: string): Promise<void> {
  const displayname = nameHere.trim()
  if (displayname === '') {
    await client.joinRoom(roomId)
    return
  }
  const content = { membership: 'join', displayname, avatar_url: '' }
  await client.sendStateEvent(roomId, 'm.room.member' as never, content as never, client.getSafeUserId())
}

/** https://spec.matrix.org/v1.19/client-server-api/#knocking-on-rooms */
export async function askToJoin(client: MatrixClient, roomId: string): Promise<void> {
  await client.knockRoom(roomId)
}

function joiningBy(rule: string | undefined): ChatFacts['joining'] {
  // Whoever may come in by being in another room finds out by trying.
  if (rule === 'public' || rule === 'restricted') return 'open'
  return rule === 'knock' || rule === 'knock_restricted' ? 'ask' : 'closed'
}
