import { isJsonObject, type JsonObject } from '../../../platform/json.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import { formatToken } from '../../../platform/stream/token.ts'
import type { Rooms, TimelineEvent, Viewer } from '../../rooms/api.ts'

export type ContextDeps = {
  rooms: Pick<Rooms, 'latestEvents' | 'eventsAfter' | 'visibleTo' | 'present' | 'stateAt'>
}

export type ContextWanted = { before: number; after: number; profiles: boolean }

/** What stands around a result, as far as the person may see it, and who those were at that time. */
export async function contextOf(
  { rooms }: ContextDeps,
  viewer: Viewer,
  event: TimelineEvent,
  { wanted, upTo }: { wanted: ContextWanted; upTo: Position },
): Promise<JsonObject> {
  const { roomId, position } = event
  const range = { after: undefined, upTo: position - 1, limit: wanted.before }
  const [earlier, later] = await Promise.all([
    wanted.before === 0 ? undefined : rooms.latestEvents([roomId], range),
    wanted.after === 0
      ? undefined
      : rooms.eventsAfter(roomId, { after: position, upTo, limit: wanted.after }),
  ])
  const before = await rooms.visibleTo(viewer.userId, roomId, earlier?.get(roomId)?.events.toReversed() ?? [])
  const after = await rooms.visibleTo(viewer.userId, roomId, later?.events ?? [])
  const [shownBefore, shownAfter, profiles] = await Promise.all([
    rooms.present(before, viewer, { withRoomId: true }),
    rooms.present(after, viewer, { withRoomId: true }),
    wanted.profiles ? profilesAt({ rooms }, event, [...before, event, ...after]) : undefined,
  ])
  return {
    start: formatToken({ position: (before.at(-1)?.position ?? position) - 1 }),
    end: formatToken({ position: after.at(-1)?.position ?? position }),
    events_before: shownBefore,
    events_after: shownAfter,
    ...(profiles && { profile_info: profiles }),
  }
}

async function profilesAt(
  { rooms }: Pick<ContextDeps, 'rooms'>,
  { roomId, position }: TimelineEvent,
  events: readonly TimelineEvent[],
): Promise<JsonObject> {
  const senders = [...new Set(events.map(({ sender }) => sender))]
  const keys = senders.map((stateKey) => ({ type: 'm.room.member', stateKey }))
  const members = await rooms.stateAt(roomId, position, keys)
  return Object.fromEntries(
    members.map(({ stateKey = '', content }) => {
      const { displayname, avatar_url: avatarUrl } = isJsonObject(content) ? content : {}
      return [
        stateKey,
        {
          ...(typeof displayname === 'string' && { displayname }),
          ...(typeof avatarUrl === 'string' && { avatar_url: avatarUrl }),
        },
      ]
    }),
  )
}
