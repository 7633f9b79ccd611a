import type { Position } from '../../../platform/stream/stream.ts'
import type { Rooms, Slice, TimelineEvent } from '../../rooms/api.ts'
import type { KeptState } from './states-in-memory.ts'

const chunkMax = 500
const newestMax = 100

/** Events of a room in `(after, upTo]`, oldest first, in chunks. */
export async function* eventsBetween(
  rooms: Pick<Rooms, 'eventsAfter'>,
  roomId: string,
  after: Position,
  upTo: Position,
): AsyncGenerator<TimelineEvent[]> {
  let from = after
  while (from < upTo) {
    const { events, limited } = await rooms.eventsAfter(roomId, { after: from, upTo, limit: chunkMax })
    if (events.length > 0) yield events
    if (!limited) return
    from = events.at(-1)?.position ?? upTo
  }
}

/**
 * The newest events of rooms up to `upTo`, for the price of a query or two however many rooms: those that were counted
 * about equally long ago are asked for together, each group from its earliest position on, so that one room left long
 * ago does not make all others read that far back.
 */
export async function newestEvents(
  rooms: Pick<Rooms, 'latestEvents'>,
  counted: ReadonlyMap<string, KeptState>,
  upTo: Position,
): Promise<ReadonlyMap<string, Slice>> {
  const groups = new Map<number, { after: Position; roomIds: string[] }>()
  for (const [roomId, { state }] of counted) {
    const age = Math.floor(Math.log2(upTo - state.upTo) / 4)
    const group = groups.get(age) ?? { after: upTo, roomIds: [] }
    group.after = Math.min(group.after, state.upTo)
    group.roomIds.push(roomId)
    groups.set(age, group)
  }
  const asked = Array.from(groups.values(), ({ after, roomIds }) =>
    rooms.latestEvents(roomIds, { after, upTo, limit: newestMax }),
  )
  const [first = new Map<string, Slice>(), ...others] = await Promise.all(asked)
  return others.length === 0 ? first : new Map([first, ...others].flatMap((slices) => [...slices]))
}
