import type { MembershipEntry, RoomDigest } from '../../rooms/api.ts'
import { archived } from '../sections/room-plan.ts'
import type { Sources, View } from '../view.ts'
import type { Connection } from './connection.ts'
import type { OwnMarks } from './own-marks.ts'
import type { RoomConfig, RoomFilters, Wanted } from './request.ts'

/** A room that a request is about. */
export type ChosenRoom = {
  entry: MembershipEntry
  digest: RoomDigest
  /** Names of the lists that have it within their ranges. */
  lists: readonly string[]
  isSubscribed: boolean
  configs: readonly RoomConfig[]
  isDirect: boolean
}

export type Window = {
  /** How many rooms match each list, whatever its ranges. */
  counts: ReadonlyMap<string, number>
  rooms: ReadonlyMap<string, ChosenRoom>
}

type Listed = { entry: MembershipEntry; digest: RoomDigest; activity: number }

/** Which rooms the lists and subscriptions of a request choose, of the person's rooms by latest activity. */
export async function windowOf(
  sources: Sources,
  view: View,
  wanted: Wanted,
  known: { connection: Connection; marks: OwnMarks },
): Promise<Window> {
  const { marks } = known
  const rooms = await listedRooms(sources, view, known)
  const chosen = new Map<string, { room: Listed; lists: string[]; configs: RoomConfig[] }>()
  const choose = (room: Listed) => {
    const { roomId } = room.entry
    const one = chosen.get(roomId) ?? { room, lists: [], configs: [] }
    chosen.set(roomId, one)
    return one
  }
  const counts = new Map<string, number>()
  for (const { name, filters, ranges, config } of wanted.lists) {
    const passes = await filterOf(sources, view, filters, marks)
    const matching = passes ? rooms.filter(passes) : rooms
    counts.set(name, matching.length)
    for (const room of inRanges(matching, ranges)) {
      const one = choose(room)
      one.lists.push(name)
      one.configs.push(config)
    }
  }
  if (wanted.subscriptions.size > 0) {
    const byId = new Map(rooms.map((room) => [room.entry.roomId, room]))
    for (const [roomId, config] of wanted.subscriptions) {
      const room = byId.get(roomId)
      if (room) choose(room).configs.push(config)
    }
  }
  const result = [...chosen].map(([roomId, { room, lists, configs }]): [string, ChosenRoom] => [
    roomId,
    {
      entry: room.entry,
      digest: room.digest,
      lists,
      isSubscribed: wanted.subscriptions.has(roomId),
      configs,
      isDirect: marks.direct.has(roomId),
    },
  ])
  return { counts, rooms: new Map(result) }
}

/** The person's rooms, the one in which something happened last first. */
async function listedRooms(
  sources: Sources,
  view: View,
  { connection, marks }: { connection: Connection; marks: OwnMarks },
): Promise<Listed[]> {
  const entries: MembershipEntry[] = []
  const past: MembershipEntry[] = []
  for (const entry of view.memberships.values()) {
    if (entry.forgotten) continue
    if (entry.membership === 'leave' || entry.membership === 'ban') past.push(entry)
    else if (entry.membership !== 'invite' || !(view.ignored.has(entry.sender) || marks.blocksInvites))
      entries.push(entry)
  }
  for (const entry of past) if (await isShown(sources, view, entry, connection)) entries.push(entry)
  const digests = await sources.rooms.digests(entries.map(({ roomId }) => roomId))
  return entries
    .flatMap((entry): Listed[] => {
      const digest = digests.get(entry.roomId)
      // Whoever is not in a room must not see that something happens there.
      return digest
        ? [{ entry, digest, activity: entry.membership === 'join' ? digest.lastPosition : entry.position }]
        : []
    })
    .sort((a, b) => b.activity - a.activity)
}

/** Rooms that the person left are shown to clients that have them; those that they were put out of, always. */
async function isShown(
  { rooms }: Sources,
  { caller }: View,
  entry: MembershipEntry,
  connection: Connection,
): Promise<boolean> {
  if (connection.rooms.has(entry.roomId)) return true
  if (entry.membership === 'leave' && entry.sender === caller.userId) return false
  const known = wasInside.get(entry)
  if (known !== undefined) return known
  const { stay } = await archived({ rooms }, entry)
  wasInside.set(entry, stay !== undefined)
  return stay !== undefined
}

/** Whether an end of membership was the end of a stay: what came before it does not change. */
const wasInside = new WeakMap<MembershipEntry, boolean>()

function inRanges<Room>(
  rooms: readonly Room[],
  ranges: readonly (readonly [number, number])[] | undefined,
): Iterable<Room> {
  if (!ranges) return rooms
  const found = new Set<Room>()
  for (const [from, to] of ranges) for (const room of rooms.slice(from, to + 1)) found.add(room)
  return found
}

type Passes = (room: Listed) => boolean

/** Undefined when every room passes. */
async function filterOf(
  sources: Sources,
  view: View,
  filters: RoomFilters,
  marks: OwnMarks,
): Promise<Passes | undefined> {
  const tests: Passes[] = []
  const { is_dm: isDirect, is_encrypted: isEncrypted, spaces, tags, not_tags: notTags } = filters
  const isInvited = filters.is_invited ?? filters.is_invite
  const { room_types: types, not_room_types: notTypes } = filters
  const hasTag = ({ entry }: Listed, wanted: readonly string[]) => {
    const ofRoom = marks.tags.get(entry.roomId)
    return ofRoom !== undefined && wanted.some((tag) => ofRoom.has(tag))
  }
  if (typeof isDirect === 'boolean') tests.push(({ entry }) => marks.direct.has(entry.roomId) === isDirect)
  if (typeof isEncrypted === 'boolean')
    tests.push(({ digest }) => (digest.encryptedAt !== undefined) === isEncrypted)
  if (typeof isInvited === 'boolean') tests.push(({ entry }) => (entry.membership === 'invite') === isInvited)
  if (types) tests.push(({ digest }) => types.includes(digest.roomType ?? null))
  if (notTypes) tests.push(({ digest }) => !notTypes.includes(digest.roomType ?? null))
  if (tags) tests.push((room) => hasTag(room, tags))
  if (notTags) tests.push((room) => !hasTag(room, notTags))
  if (spaces) {
    const children = await childrenOf(sources, view, spaces)
    tests.push(({ entry }) => children.has(entry.roomId))
  }
  return tests.length === 0 ? undefined : (room) => tests.every((passes) => passes(room))
}

/** Rooms directly in one of these spaces, as far as the person is joined to it. https://spec.matrix.org/v1.19/client-server-api/#mspacechild */
async function childrenOf(
  { rooms }: Sources,
  { memberships }: View,
  spaces: readonly string[],
): Promise<Set<string>> {
  const children = new Set<string>()
  for (const spaceId of new Set(spaces)) {
    if (memberships.get(spaceId)?.membership !== 'join') continue
    const state = await rooms.state(spaceId)
    for (const { type, stateKey, content } of state?.events() ?? []) {
      if (type === 'm.space.child' && stateKey !== undefined && Array.isArray(content['via']))
        children.add(stateKey)
    }
  }
  return children
}
