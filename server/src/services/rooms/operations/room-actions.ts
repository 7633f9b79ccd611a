import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import type { AccountData } from '../../account-data/api.ts'
import type { Identity } from '../../identity/api.ts'
import { refuse } from '../refusals.ts'
import type { RoomsService } from '../service.ts'
import { type Alias, addAlias, aliasesOf, findAlias } from './aliases.ts'
import { ban, kick, knock, leave, type MembershipRequest, unban } from './change-membership.ts'
import { type CreateRequest, createRoom } from './create-room.ts'
import { type InviteRequest, invite } from './invite.ts'
import { type JoinRequest, joinRoom } from './join-room.ts'
import { createDirectory, type DirectoryPage, type DirectoryQuery } from './list-published-rooms.ts'
import { joinedRooms } from './memberships.ts'
import { isPublished, setPublished } from './publish-room.ts'
import { removeAlias, requireSayInAliases } from './remove-alias.ts'
import { type StateRequest, setState } from './set-state.ts'
import { type UpgradeRequest, upgradeRoom } from './upgrade-room.ts'

export type RoomActionsDeps = {
  db: Database
  clock: Clock
  rooms: RoomsService
  identity: Pick<Identity, 'profiles'>
  accountData: Pick<AccountData, 'get'>
  serverName: string
}

/** What people do to rooms beyond sending events, with all that it takes besides the room's own rules. */
export type RoomActions = {
  serverName: string
  create(request: CreateRequest): Promise<{ roomId: string }>
  upgrade(request: UpgradeRequest): Promise<{ roomId: string }>
  join(request: JoinRequest): Promise<void>
  invite(request: InviteRequest): Promise<void>
  leave(request: Omit<MembershipRequest, 'userId'>): Promise<void>
  knock(request: Omit<MembershipRequest, 'userId'>): Promise<void>
  kick(request: MembershipRequest): Promise<void>
  ban(request: MembershipRequest): Promise<void>
  unban(request: MembershipRequest): Promise<void>
  /** Straight from the database: what has just been acknowledged is in it. */
  joinedRooms(userId: string): Promise<string[]>
  setState(request: StateRequest): Promise<{ eventId: string | undefined }>
  /** The room of that id or alias. Throws `rooms.alias_unknown`. */
  resolve(roomIdOrAlias: string): Promise<string>
  /** Throws `rooms.forbidden` unless the creator is in the room. */
  addAlias(alias: Alias): Promise<void>
  removeAlias(alias: string, userId: string): Promise<void>
  aliasesOf(roomId: string): Promise<string[]>
  /** Throws `rooms.room_unknown`. */
  isPublished(roomId: string): Promise<boolean>
  /** Throws `rooms.forbidden` unless the person may set the room's canonical alias. */
  setPublished(roomId: string, published: boolean, userId: string): Promise<void>
  directory(query: DirectoryQuery): Promise<DirectoryPage>
}

export function createRoomActions(deps: RoomActionsDeps): RoomActions {
  const { db, rooms, serverName } = deps

  async function requirePublished(roomId: string): Promise<boolean> {
    const published = await isPublished(db, roomId)
    if (published === undefined) throw refuse('rooms.room_unknown')
    return published
  }

  return {
    serverName,
    create: (request) => createRoom(deps, request),
    upgrade: (request) => upgradeRoom(deps, request),
    join: async (request) => void (await joinRoom(deps, request)),
    invite: async (request) => void (await invite(deps, request)),
    leave: (request) => leave(deps, request),
    knock: (request) => knock(deps, request),
    kick: (request) => kick(deps, request),
    ban: (request) => ban(deps, request),
    unban: (request) => unban(deps, request),
    joinedRooms: async (userId) => [...(await joinedRooms(db, userId))],
    setState: (request) => setState(deps, request),
    async resolve(roomIdOrAlias) {
      if (roomIdOrAlias.startsWith('!')) return roomIdOrAlias
      const alias = await findAlias(deps, roomIdOrAlias)
      if (!alias) throw refuse('rooms.alias_unknown')
      return alias.roomId
    },
    async addAlias(alias) {
      await rooms.requireJoined(alias.roomId, alias.creator)
      await addAlias(deps, alias)
    },
    removeAlias: (alias, userId) => removeAlias(deps, alias, userId),
    aliasesOf: (roomId) => aliasesOf(deps, roomId),
    isPublished: requirePublished,
    async setPublished(roomId, published, userId) {
      await requirePublished(roomId)
      await requireSayInAliases(deps, roomId, userId)
      await setPublished(deps, roomId, published)
    },
    directory: createDirectory(deps),
  }
}
