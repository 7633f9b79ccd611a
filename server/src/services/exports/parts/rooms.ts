import type { MembershipEntry, Viewer } from '../../rooms/api.ts'
import type { ExportsDeps } from '../sources.ts'
import { type Entry, jsonLines } from '../zip.ts'

type Deps = Pick<ExportsDeps, 'rooms'>
type ListedRoom = { entry: MembershipEntry; folder: string }

const eventsAtOnce = 500

/** Every room the person has not forgotten, with its state and its history as they may see them. */
export async function* roomEntries(
  deps: Deps,
  viewer: Viewer,
  upTo: number,
  signal: AbortSignal,
): AsyncGenerator<Entry> {
  const memberships = [...(await deps.rooms.membershipsOf(viewer.userId)).values()]
  const listed = memberships
    .filter(({ forgotten }) => !forgotten)
    .sort((one, other) => one.position - other.position)
    .map((entry, index): ListedRoom => ({ entry, folder: String(index + 1) }))
  yield { path: 'rooms.jsonl', content: jsonLines(descriptions(deps, listed)) }
  for (const { entry, folder } of listed) {
    yield { path: `rooms/${folder}/state.jsonl`, content: jsonLines(stateOf(deps, viewer, entry)) }
    yield {
      path: `rooms/${folder}/timeline.jsonl`,
      content: jsonLines(timelineOf(deps, viewer, { entry, upTo, signal })),
    }
  }
}

async function* descriptions({ rooms }: Deps, listed: readonly ListedRoom[]): AsyncGenerator<object> {
  for (const { entry, folder } of listed) {
    const { roomId, membership } = entry
    const state = await rooms.state(roomId)
    // How a room is called by now is not for those who have left.
    const name = membership === 'join' ? state?.event('m.room.name', '')?.content['name'] : undefined
    yield { room_id: roomId, membership, version: state?.version, name, folder }
  }
}

async function* stateOf({ rooms }: Deps, viewer: Viewer, entry: MembershipEntry): AsyncGenerator<unknown> {
  const { roomId, membership, position } = entry
  if (membership === 'invite' || membership === 'knock') yield* await rooms.strippedState(roomId, position)
  else {
    const now = membership === 'join' ? await rooms.state(roomId) : undefined
    const events = now ? [...now.events()] : await rooms.stateAt(roomId, position)
    yield* await rooms.present(await rooms.visibleTo(viewer.userId, roomId, events), viewer, {
      withRoomId: true,
    })
  }
}

async function* timelineOf(
  { rooms }: Deps,
  viewer: Viewer,
  { entry: { roomId }, upTo, signal }: { entry: MembershipEntry; upTo: number; signal: AbortSignal },
): AsyncGenerator<unknown> {
  for (let after = 0, more = true; more; ) {
    signal.throwIfAborted()
    const { events, limited } = await rooms.eventsAfter(roomId, { after, upTo, limit: eventsAtOnce })
    const visible = await rooms.visibleTo(viewer.userId, roomId, events)
    yield* await rooms.present(visible, viewer, { withRoomId: true })
    after = events.at(-1)?.position ?? upTo
    more = limited
  }
}
