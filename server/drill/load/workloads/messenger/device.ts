import type { Clock } from '../../../../src/platform/clock.ts'
import { ok, type Person, type SyncAnswer, type SyncEvent } from '../../../../test/support/person.ts'
import type { DeviceView, RoomView } from '../../../checks/history.ts'
import type { HonestClient } from '../../honest-client.ts'

/** One device that follows everything said in its rooms and keeps what it was shown. */
export type Device = {
  person: Person
  client: HonestClient
  view: DeviceView
  /** Whether the event has been shown; a room that the device is not in counts as seen. */
  hasSeen(roomId: string, eventId: string): boolean
  /** Stops following; what it has seen stays. */
  end(): Promise<void>
}

export type Arrival = (event: SyncEvent, roomId: string, at: number) => void

const longPollMs = 20_000
/** Longer than any fail-over: a device never gives up following. */
const pollPatienceMs = 24 * 3600_000
const api = '/_matrix/client/v3'

/** Syncs once, then follows until `end`. */
export async function startDevice(
  { clock }: { clock: Clock },
  client: HonestClient,
  person: Person,
  onArrival: Arrival,
  onDefect: (error: unknown) => void,
): Promise<Device> {
  const { token } = person
  const rooms = new Map<string, RoomView>()
  const seen = new Set<string>()
  const ending = new AbortController()

  const first = await client.send('GET', `${api}/sync?timeout=0`, { token })
  let since = take(ok(first).json<SyncAnswer>())
  const following = follow()
  following.catch(() => undefined)

  /** The first answer says where each room begins for this device. */
  function take(answer: SyncAnswer): string {
    for (const [roomId, room] of Object.entries(answer.rooms?.join ?? {})) {
      const begin = room.timeline?.events.at(-1)?.event_id
      if (begin === undefined) continue
      rooms.set(roomId, { roomId, begin, seen: [] })
      seen.add(begin)
    }
    return answer.next_batch
  }

  async function follow(): Promise<void> {
    try {
      while (!ending.signal.aborted) {
        const query = new URLSearchParams({ since, timeout: String(longPollMs) })
        const answer = await client.send('GET', `${api}/sync?${query}`, {
          token,
          longPollMs,
          patienceMs: pollPatienceMs,
          signal: ending.signal,
        })
        const { next_batch, rooms: changed } = ok(answer).json<SyncAnswer>()
        for (const [roomId, { timeline }] of Object.entries(changed?.join ?? {})) {
          const missed =
            timeline?.limited && timeline.prev_batch !== undefined
              ? await gap(roomId, timeline.prev_batch, since)
              : []
          show(roomId, [...missed, ...(timeline?.events ?? [])], answer.site)
        }
        since = next_batch
      }
    } catch (error) {
      if (!ending.signal.aborted) onDefect(error)
    }
  }

  function show(roomId: string, events: readonly SyncEvent[], site: string): void {
    const at = clock.now()
    const room = rooms.get(roomId) ?? { roomId, begin: events[0]?.event_id ?? '', seen: [] }
    rooms.set(roomId, room)
    for (const event of events) {
      room.seen.push({ eventId: event.event_id, at, site })
      seen.add(event.event_id)
      onArrival(event, roomId, at)
    }
  }

  /** What a limited timeline left out, oldest first. https://spec.matrix.org/v1.19/client-server-api/#syncing */
  async function gap(roomId: string, from: string, to: string): Promise<SyncEvent[]> {
    const found: SyncEvent[] = []
    for (let at: string | undefined = from; at !== undefined; ) {
      const query = new URLSearchParams({ dir: 'b', limit: '200', from: at, to })
      const path = `${api}/rooms/${encodeURIComponent(roomId)}/messages?${query}`
      const answer = await client.send('GET', path, { token, signal: ending.signal })
      const page: { chunk: SyncEvent[]; end?: string } = ok(answer).json()
      found.push(...page.chunk)
      at = page.chunk.length > 0 ? page.end : undefined
    }
    return found.reverse()
  }

  return {
    person,
    client,
    get view() {
      return {
        who: person.userId,
        deviceId: person.deviceId,
        rooms: [...rooms.values()],
        ended: ending.signal.aborted,
      }
    },
    hasSeen: (roomId, eventId) => !rooms.has(roomId) || seen.has(eventId),
    async end() {
      ending.abort()
      await following
    },
  }
}
