import type { Database } from '../../../platform/db/database.ts'
import { nothing, sql } from '../../../platform/db/sql.ts'
import type { JsonObject } from '../../../platform/json.ts'
import { refreshSummaries, searchable } from './summarise-rooms.ts'

/** Between two entries of the directory: after (or before) the one with this many members and this id. */
export type DirectoryCursor = { direction: 'after' | 'before'; members: number; roomId: string }

export type DirectoryQuery = {
  limit: number
  from: DirectoryCursor | undefined
  searchTerm: string | undefined
  /** `null` stands for rooms without a type. */
  roomTypes: readonly (string | null)[] | undefined
  /** Those of the network with this id; `all`: whatever is listed anywhere. Undefined: this server's own directory. */
  network?: { id: string } | 'all' | undefined
}

export type DirectoryPage = {
  /** As clients get them. */
  rooms: JsonObject[]
  next: DirectoryCursor | undefined
  previous: DirectoryCursor | undefined
  /** Of all pages. */
  total: number
}

type Row = { roomId: string; members: number; summary: string }

/** Reads the public directory, the largest rooms first. */
export function createDirectory({ db }: { db: Database }): (query: DirectoryQuery) => Promise<DirectoryPage> {
  let refreshing: Promise<void> | undefined
  let queued: Promise<void> | undefined

  /** A refresh that began after the call: many readers at once share two. */
  function refreshed(): Promise<void> {
    if (!refreshing) {
      refreshing = refreshSummaries(db).finally(() => {
        refreshing = undefined
      })
      return refreshing
    }
    queued ??= refreshing
      .catch(() => undefined)
      .then(() => {
        queued = undefined
        return refreshed()
      })
    return queued
  }

  return async (query) => {
    await refreshed()
    return readPage(db, query)
  }
}

async function readPage(db: Database, query: DirectoryQuery): Promise<DirectoryPage> {
  const { limit, from } = query
  const backwards = from?.direction === 'before'
  const wanted = wantedRooms(query)
  const [found, [counted]] = await Promise.all([
    db.rows<Row>(sql`
      select room_id as "roomId", joined_members as members, summary from rooms.published_room
      where true ${wanted} ${beyond(from)}
      ${backwards ? sql`order by joined_members, room_id desc` : sql`order by joined_members desc, room_id`}
      limit ${limit + 1}`),
    db.rows<{ total: number }>(sql`
      select count(*)::integer as total from rooms.published_room where true ${wanted}`),
  ])
  const rows = backwards ? found.slice(0, limit).reverse() : found.slice(0, limit)
  const more = found.length > limit
  const [first, last] = [rows[0], rows.at(-1)]
  return {
    rooms: rows.map(({ roomId, members, summary }) => ({
      room_id: roomId,
      num_joined_members: members,
      ...JSON.parse(summary),
    })),
    // Whoever came from one side finds the way back there.
    next: last && (more || backwards) ? cursor('after', last) : undefined,
    previous: first && (backwards ? more : from !== undefined) ? cursor('before', first) : undefined,
    total: counted?.total ?? 0,
  }
}

function wantedRooms({ searchTerm, roomTypes, network }: DirectoryQuery) {
  const searched = sql`${listedOn(network)} ${
    searchTerm ? sql`and strpos(search_text, ${searchable(searchTerm)}) > 0` : nothing
  }`
  if (!roomTypes) return searched
  const named = roomTypes.filter((type) => type !== null)
  return sql`${searched} and (room_type = any(${named}) or (${roomTypes.includes(null)} and room_type is null))`
}

function listedOn(network: DirectoryQuery['network']) {
  if (network === undefined) return sql`and listed`
  if (network === 'all') return nothing
  return sql`and exists (select from rooms.network_listing listing
    where listing.room_id = published_room.room_id and listing.instance_id = ${network.id})`
}

function beyond(from: DirectoryCursor | undefined) {
  if (!from) return nothing
  const { members, roomId } = from
  return from.direction === 'after'
    ? sql`and (joined_members < ${members} or (joined_members = ${members} and room_id > ${roomId}))`
    : sql`and (joined_members > ${members} or (joined_members = ${members} and room_id < ${roomId}))`
}

function cursor(direction: DirectoryCursor['direction'], { members, roomId }: Row): DirectoryCursor {
  return { direction, members, roomId }
}
