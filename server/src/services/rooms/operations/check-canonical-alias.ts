import type { Database } from '../../../platform/db/database.ts'
import type { JsonObject } from '../../../platform/json.ts'
import { isRoomAlias } from '../protocol/identifiers.ts'
import { refuse } from '../refusals.ts'
import type { RoomsService } from '../service.ts'
import { findAliases } from './aliases.ts'

/**
 * Refuses aliases that the room's m.room.canonical_alias does not list yet and that are malformed or do not lead to
 * the room. Aliases of other servers cannot be resolved, so they cannot be new here.
 *
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidstateeventtypestatekey
 */
export async function checkCanonicalAlias(
  { db, rooms }: { db: Database; rooms: Pick<RoomsService, 'state'> },
  roomId: string,
  content: JsonObject,
): Promise<void> {
  const asked = aliasesIn(content)
  const standing = (await rooms.state(roomId))?.event('m.room.canonical_alias', '')?.content ?? {}
  const known = new Set(listedIn(standing))
  const fresh = asked.filter((alias) => !known.has(alias))
  const malformed = fresh.find((alias) => !isRoomAlias(alias))
  if (malformed !== undefined) throw refuse('rooms.alias_invalid')
  const found = await findAliases(db, fresh)
  const astray = fresh.find((alias) => found.get(alias)?.roomId !== roomId)
  if (astray !== undefined)
    throw refuse('rooms.alias_elsewhere', `The alias ${astray} does not lead to this room.`)
}

/** All aliases in the content of an m.room.canonical_alias. Refuses content of another form. */
export function aliasesIn({ alias, alt_aliases: others }: JsonObject): string[] {
  const isOptionalText = alias === undefined || alias === null || typeof alias === 'string'
  const isList =
    others === undefined || (Array.isArray(others) && others.every((other) => typeof other === 'string'))
  if (!isOptionalText || !isList)
    throw refuse('rooms.alias_invalid', 'alias must be a string, alt_aliases a list of strings.')
  return listedIn({
    ...(alias !== undefined && { alias }),
    ...(others !== undefined && { alt_aliases: others }),
  })
}

/** The aliases that can be found in content of whatever form. An empty alias means none. */
function listedIn({ alias, alt_aliases: others }: JsonObject): string[] {
  const listed = [alias, ...(Array.isArray(others) ? others : [])]
  return listed.filter((entry) => typeof entry === 'string').filter((entry) => entry !== '')
}
