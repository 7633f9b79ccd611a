import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { AliasClaims } from '../api.ts'
import { isRoomAlias, serverNameOf } from '../protocol/identifiers.ts'
import { refuse } from '../refusals.ts'

export type AliasDeps = { db: Database; clock: Clock; serverName: string; claims: AliasClaims }

export type Alias = { alias: string; roomId: string; creator: string }

/** Whoever names an alias: the application service that acts, if one does. */
export type AliasUser = { applicationService?: string | undefined }

/**
 * Application services name what is theirs, and nobody else does where it is theirs alone.
 * https://spec.matrix.org/v1.19/application-service-api/#server-admin-style-permissions
 */
export function requireClaim(
  { claims }: Pick<AliasDeps, 'claims'>,
  alias: string,
  { applicationService: by }: AliasUser,
): void {
  const outside = by !== undefined && !claims.aliasMayBeOf(alias, by)
  if (outside || claims.aliasIsTaken(alias, by)) throw refuse('rooms.alias_exclusive')
}

/** How long a room may take to be created before another may have its alias. */
const reservationMs = 30_000

/** Where an alias leads; undefined when it leads nowhere, or belongs to another server. Refuses what is no alias. */
export async function findAlias(deps: Pick<AliasDeps, 'db'>, alias: string): Promise<Alias | undefined> {
  requireAlias(alias)
  return (await findAliases(deps.db, [alias])).get(alias)
}

/** Where these aliases lead, those left out that lead nowhere. */
export async function findAliases(db: Database, aliases: readonly string[]): Promise<Map<string, Alias>> {
  if (aliases.length === 0) return new Map()
  const rows = await db.rows<Alias>(sql`
    select alias, room_id as "roomId", creator from rooms.alias
    where alias = any(${aliases}) and room_id is not null`)
  return new Map(rows.map((row) => [row.alias, row]))
}

/** The aliases of a room, the oldest first. */
export async function aliasesOf({ db }: { db: Database }, roomId: string): Promise<string[]> {
  return (await aliasesOfRooms(db, [roomId])).get(roomId) ?? []
}

/** The aliases of those rooms that have any, the oldest first. */
export async function aliasesOfRooms(
  db: Database,
  roomIds: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await db.rows<{ roomId: string; aliases: string[] }>(sql`
    select room_id as "roomId", array_agg(alias order by created_at_ms, alias) as aliases
    from rooms.alias where room_id = any(${roomIds}) group by room_id`)
  return new Map(rows.map(({ roomId, aliases }) => [roomId, aliases]))
}

/**
 * Gives a room an alias. Throws `rooms.alias_taken` even if it leads to this very room, as the specification wants.
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3directoryroomroomalias
 */
export async function addAlias(
  deps: AliasDeps,
  { alias, roomId, creator, ...by }: Alias & AliasUser,
): Promise<void> {
  requireAlias(alias)
  if (serverNameOf(alias) !== deps.serverName)
    throw refuse('rooms.alias_invalid', `Aliases of this server end in :${deps.serverName}.`)
  requireClaim(deps, alias, by)
  const now = deps.clock.now()
  const added = await deps.db.run(sql`
    insert into rooms.alias (alias, room_id, creator, created_at_ms) values (${alias}, ${roomId}, ${creator}, ${now})
    on conflict (alias) do update set room_id = excluded.room_id, creator = excluded.creator,
      created_at_ms = excluded.created_at_ms, reserved_until_ms = null
    where alias.room_id is null and alias.reserved_until_ms <= ${now}`)
  if (added === 0) throw refuse('rooms.alias_taken')
}

/** All aliases of one room lead to another from now on. */
export async function moveAliases(
  { db }: AliasDeps,
  { from, to }: { from: string; to: string },
): Promise<void> {
  await db.run(sql`update rooms.alias set room_id = ${to} where room_id = ${from}`)
}

/** Keeps an alias for a room that is about to be created; false if it is taken. */
export async function reserveAlias(deps: AliasDeps, alias: string, creator: string): Promise<boolean> {
  const now = deps.clock.now()
  const reserved = await deps.db.run(sql`
    insert into rooms.alias (alias, creator, created_at_ms, reserved_until_ms)
    values (${alias}, ${creator}, ${now}, ${now + reservationMs})
    on conflict (alias) do update set creator = excluded.creator, created_at_ms = excluded.created_at_ms,
      reserved_until_ms = excluded.reserved_until_ms
    where alias.room_id is null and alias.reserved_until_ms <= ${now}`)
  return reserved > 0
}

/** Lets a reserved alias lead to its room. Throws `rooms.alias_in_use` if it took so long that the alias was lost. */
export async function pointAlias(
  { db }: AliasDeps,
  alias: string,
  creator: string,
  roomId: string,
): Promise<void> {
  const pointed = await db.run(sql`
    update rooms.alias set room_id = ${roomId}, reserved_until_ms = null
    where alias = ${alias} and creator = ${creator} and room_id is null`)
  if (pointed === 0) throw refuse('rooms.alias_in_use')
}

export async function releaseAlias({ db }: AliasDeps, alias: string, creator: string): Promise<void> {
  await db.run(
    sql`delete from rooms.alias where alias = ${alias} and creator = ${creator} and room_id is null`,
  )
}

/** False if it led nowhere, or no longer where it was found to lead. */
export async function dropAlias({ db }: AliasDeps, { alias, roomId }: Alias): Promise<boolean> {
  return (await db.run(sql`delete from rooms.alias where alias = ${alias} and room_id = ${roomId}`)) > 0
}

function requireAlias(alias: string): void {
  if (!isRoomAlias(alias)) throw refuse('rooms.alias_invalid')
}
