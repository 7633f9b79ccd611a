import { Refusal } from '../../../platform/refusal.ts'
import type { EventDraft } from '../api.ts'
import type { RoomView } from '../append/room-view.ts'
import { eventLevel, powerLevelsOf, userLevel } from '../protocol/power-levels.ts'
import { refuse } from '../refusals.ts'
import type { RoomsService } from '../service.ts'
import { membershipIn } from '../state/room-state.ts'
import { type AliasDeps, type AliasUser, dropAlias, findAlias } from './aliases.ts'

type Deps = AliasDeps & { rooms: Pick<RoomsService, 'decide'> }

/**
 * Removes an alias, which its creator may, whoever may set the canonical alias of its room, and the application service whose
 * alias it is; then it disappears from
 * that event, too, if the person may change it.
 *
 * https://spec.matrix.org/v1.19/client-server-api/#delete_matrixclientv3directoryroomroomalias
 */
export async function removeAlias(
  deps: Deps,
  alias: string,
  { userId, applicationService: by }: { userId: string } & AliasUser,
): Promise<void> {
  const found = await findAlias(deps, alias)
  if (!found) throw refuse('rooms.alias_unknown')
  if (deps.claims.aliasIsTaken(alias, by)) throw refuse('rooms.alias_exclusive')
  const isTheirs = found.creator === userId || (by !== undefined && deps.claims.aliasMayBeOf(alias, by))
  if (!isTheirs) await requireSayInAliases(deps, found.roomId, userId)
  if (!(await dropAlias(deps, found))) throw refuse('rooms.alias_unknown')
  try {
    const decide = (room: RoomView) => withoutAlias(room, alias)
    await deps.rooms.decide({ roomId: found.roomId, sender: userId, decide })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
}

/** Refuses with `rooms.forbidden` unless the person is in the room with the power to set its canonical alias. */
export async function requireSayInAliases(
  { rooms }: Pick<Deps, 'rooms'>,
  roomId: string,
  userId: string,
): Promise<void> {
  await rooms.decide({
    roomId,
    sender: userId,
    decide(room) {
      if (membershipIn(room.event('m.room.member', userId)) !== 'join')
        throw refuse('rooms.forbidden', 'You are not in this room.')
      const levels = powerLevelsOf(room.version, room.event)
      if (userLevel(levels, userId) < eventLevel(levels, 'm.room.canonical_alias', 'state'))
        throw refuse('rooms.forbidden', 'You lack the power level to decide how this room is found.')
      return []
    },
  })
}

function withoutAlias(room: RoomView, gone: string): EventDraft[] {
  const content = room.event('m.room.canonical_alias', '')?.content
  if (!content) return []
  const { alias, alt_aliases: others, ...rest } = content
  const kept = Array.isArray(others) ? others.filter((other) => other !== gone) : others
  const isListed =
    alias === gone || (Array.isArray(others) && Array.isArray(kept) && kept.length < others.length)
  if (!isListed) return []
  return [
    {
      type: 'm.room.canonical_alias',
      stateKey: '',
      content: {
        ...rest,
        ...(alias !== undefined && alias !== gone && { alias }),
        ...(kept !== undefined && { alt_aliases: kept }),
      },
    },
  ]
}
