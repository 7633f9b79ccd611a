import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import type { Random } from '../../../platform/random.ts'
import type { AccountData } from '../../account-data/api.ts'
import type { Identity } from '../../identity/api.ts'
import type { AliasClaims } from '../api.ts'
import type { RoomsSettings } from '../config.ts'
import { refuse } from '../refusals.ts'
import type { RoomsService } from '../service.ts'
import { type Alias, type AliasUser, addAlias, aliasesOf, findAlias } from './aliases.ts'
import { ban, kick, knock, leave, type MembershipRequest, unban } from './change-membership.ts'
import { type CreateRequest, createRoom } from './create-room.ts'
import { type InviteRequest, invite } from './invite.ts'
import { type JoinRequest, joinRoom } from './join-room.ts'
import { createDirectory, type DirectoryPage, type DirectoryQuery } from './list-published-rooms.ts'
import { type ListedRoom, listRooms } from './list-rooms.ts'
import { joinedRooms } from './memberships.ts'
import { isPublished, setListedOnNetwork, setPublished } from './publish-room.ts'
import { redactForSender } from './redact-for-sender.ts'
import { removeAlias, requireSayInAliases } from './remove-alias.ts'
import { listReports, type Report, report, resolveReport } from './reports.ts'
import { type Notice, noticesUserId, sendNotice } from './send-notice.ts'
import { type StateRequest, setState } from './set-state.ts'
import { type UpgradeRequest, upgradeRoom } from './upgrade-room.ts'

export type RoomActionsDeps = {
  db: Database
  clock: Clock
  random: Random
  rooms: RoomsService
  identity: Pick<Identity, 'profiles' | 'accountExists' | 'ensureAccount'>
  accountData: Pick<AccountData, 'get' | 'put'>
  settings: RoomsSettings
  serverName: string
  claims: AliasClaims
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
  /** The room of that id or alias; application services may know more. Throws `rooms.alias_unknown`. */
  resolve(roomIdOrAlias: string, by?: string): Promise<string>
  /** Throws `rooms.forbidden` unless the creator is in the room. */
  addAlias(alias: Alias & AliasUser): Promise<void>
  removeAlias(alias: string, who: { userId: string } & AliasUser): Promise<void>
  aliasesOf(roomId: string): Promise<string[]>
  /** Throws `rooms.room_unknown`. */
  isPublished(roomId: string): Promise<boolean>
  /** Throws `rooms.forbidden` unless the person may set the room's canonical alias. */
  setPublished(roomId: string, published: boolean, userId: string): Promise<void>
  /** For application services. Throws `rooms.room_unknown`. */
  setListedOnNetwork(listing: Parameters<typeof setListedOnNetwork>[1]): Promise<void>
  directory(query: DirectoryQuery): Promise<DirectoryPage>
  report(reporter: string, what: Parameters<typeof report>[2]): Promise<void>
  reports(query: Parameters<typeof listReports>[1]): Promise<Report[]>
  resolveReport(request: Parameters<typeof resolveReport>[1]): Promise<Report>
  rooms(query: Parameters<typeof listRooms>[1]): Promise<ListedRoom[]>
  /** Throws `rooms.room_unknown`. */
  unpublish(roomId: string): Promise<void>
  redact(request: Parameters<typeof redactForSender>[1]): Promise<void>
  notify(notice: Notice): Promise<{ roomId: string; eventId: string }>
}

export function createRoomActions(given: RoomActionsDeps): RoomActions {
  const { db, rooms, serverName } = given
  const deps = { ...given, noticesUserId: noticesUserId(given) }

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
    async resolve(roomIdOrAlias, by) {
      if (roomIdOrAlias.startsWith('!')) return roomIdOrAlias
      const found = await findAlias(deps, roomIdOrAlias)
      const isMade = !found && (await deps.claims.askForAlias(roomIdOrAlias, by))
      const alias = isMade ? await findAlias(deps, roomIdOrAlias) : found
      if (!alias) throw refuse('rooms.alias_unknown')
      return alias.roomId
    },
    async addAlias(alias) {
      await rooms.requireJoined(alias.roomId, alias.creator)
      await addAlias(deps, alias)
    },
    removeAlias: (alias, who) => removeAlias(deps, alias, who),
    aliasesOf: (roomId) => aliasesOf(deps, roomId),
    isPublished: requirePublished,
    async setPublished(roomId, published, userId) {
      await requirePublished(roomId)
      await requireSayInAliases(deps, roomId, userId)
      await setPublished(deps, roomId, published)
    },
    async setListedOnNetwork(listing) {
      await requirePublished(listing.roomId)
      await setListedOnNetwork(deps, listing)
    },
    directory: createDirectory(deps),
    report: (reporter, what) => report(deps, reporter, what),
    reports: (query) => listReports(db, query),
    resolveReport: (request) => resolveReport(deps, request),
    rooms: (query) => listRooms(db, query),
    async unpublish(roomId) {
      await requirePublished(roomId)
      await setPublished(deps, roomId, false)
    },
    redact: (request) => redactForSender(deps, request),
    notify: (notice) => sendNotice(deps, notice),
  }
}
