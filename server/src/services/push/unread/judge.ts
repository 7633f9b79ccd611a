import { isJsonObject, ownValue } from '../../../platform/json.ts'
import type { RoomState, Rooms, TimelineEvent } from '../../rooms/api.ts'
import type { CompiledRuleset, Outcome } from '../rules/evaluate.ts'
import { mayNotify, type PowerLevelsContent } from '../rules/notification-permission.ts'
import { type PreparedEvent, prepareEvent, type RoomFacts } from '../rules/prepared-event.ts'

const POWER_LEVELS = 'm.room.power_levels'

/**
 * Judges events of one room for any number of people. An event that stays in memory is prepared once for all of
 * them: what rooms hands out from its recent past is the same object for everybody.
 */
export type Judge = {
  /**
   * A function that judges these events, which follow one another in their room: with the power levels each was sent
   * under, and with the members and names of now, which is what the specification asks for.
   */
  of(
    events: readonly TimelineEvent[],
    userId: string,
    ruleset: CompiledRuleset,
  ): Promise<(event: TimelineEvent) => Outcome>
}

export function createJudge(deps: { rooms: Pick<Rooms, 'state' | 'stateAt'> }): Judge {
  const prepared = new WeakMap<TimelineEvent, PreparedEvent>()

  return {
    async of(events, userId, ruleset) {
      const [first] = events
      const room = first && (await deps.rooms.state(first.roomId))
      if (!room) throw new Error('events to be judged are in a room')
      const asks = (event: TimelineEvent) => ruleset.usesPermission || mentionsRoom(event)
      const levels = await powerLevelsThrough(deps.rooms, room, events, asks)
      const creators = powerfulCreators(room)
      const memberCount = room.members('join').size
      const member = {
        userId,
        displayName: ruleset.usesDisplayName ? displayName(room, userId) : undefined,
      }
      return (event) => {
        // What was prepared for others may know the power levels of events that mention the room alone.
        let ready = ruleset.usesPermission ? undefined : prepared.get(event)
        if (!ready) {
          const mayNotifyNow = (sender: string, key: string) => {
            const content = levels(event)
            return mayNotify(content, creators(content), sender, key)
          }
          ready = prepare(event, { memberCount, mayNotify: mayNotifyNow })
          if (!ruleset.usesPermission) prepared.set(event, ready)
        }
        return ruleset.evaluate(ready, member)
      }
    },
  }
}

function prepare(event: TimelineEvent, facts: RoomFacts): PreparedEvent {
  const { type, sender, roomId, eventId, content, stateKey, originServerTs } = event
  return prepareEvent(
    {
      type,
      sender,
      content,
      room_id: roomId,
      event_id: eventId,
      origin_server_ts: originServerTs,
      ...(stateKey !== undefined && { state_key: stateKey }),
    },
    facts,
    { isRedacted: event.redactedBy !== undefined },
  )
}

/**
 * Those whom no power level binds: the creators in room versions that privilege them, and in any other version the
 * one creator while the room has no power levels. Holds on to nothing of the room but its creation.
 */
function powerfulCreators(room: RoomState): (levels: PowerLevelsContent | undefined) => ReadonlySet<string> {
  const create = room.event('m.room.create', '')
  if (!create) return () => new Set()
  if (/^([1-9]|1[01])$/.test(room.version)) {
    const creator = new Set([create.sender])
    return (levels) => (levels ? new Set() : creator)
  }
  const additional = create.content['additional_creators']
  const others = Array.isArray(additional) ? additional.filter((userId) => typeof userId === 'string') : []
  const creators = new Set([create.sender, ...others])
  return () => creators
}

/** https://spec.matrix.org/v1.19/client-server-api/#_m_rule_is_room_mention */
function mentionsRoom({ content }: TimelineEvent): boolean {
  const mentions = content['m.mentions']
  return isJsonObject(mentions) && ownValue(mentions, 'room') === true
}

/**
 * The power levels just before each of some events. Those before the first of them are read from the database, if they
 * have changed since and a rule may ask for them.
 */
async function powerLevelsThrough(
  rooms: Pick<Rooms, 'stateAt'>,
  room: RoomState,
  events: readonly TimelineEvent[],
  asks: (event: TimelineEvent) => boolean,
): Promise<(event: TimelineEvent) => PowerLevelsContent | undefined> {
  const changes = events.filter(({ type, stateKey }) => type === POWER_LEVELS && stateKey === '')
  const from = events[0]?.position ?? 0
  const firstChange = changes[0]?.position ?? Number.POSITIVE_INFINITY
  const current = room.event(POWER_LEVELS, '')
  let earliest = current
  if (
    current &&
    current.position >= from &&
    events.some((event) => event.position < firstChange && asks(event))
  ) {
    const keys = [{ type: POWER_LEVELS, stateKey: '' }]
    earliest = (await rooms.stateAt(room.roomId, from - 1, keys))[0]
  }
  return (event) => (changes.findLast(({ position }) => position < event.position) ?? earliest)?.content
}

function displayName(room: RoomState, userId: string): string | undefined {
  const name = room.event('m.room.member', userId)?.content['displayname']
  return typeof name === 'string' ? name : undefined
}
