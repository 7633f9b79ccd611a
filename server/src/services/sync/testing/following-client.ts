import assert from 'node:assert/strict'
import { parseToken } from '../../../platform/stream/token.ts'
import type { Membership } from '../../rooms/api.ts'
import type { EventAnswer, RoomAnswer, SyncAnswer, SyncNode, SyncOptions } from './nodes.ts'
import { syncOnce } from './nodes.ts'

type Room = {
  section: Membership | undefined
  known: string[]
  upTo: number
  state: Map<string, EventAnswer>
}

/**
 * A client as the specification describes one: it follows /sync, fills gaps from `prev_batch`, and keeps each room's state and
 * timeline. For tests, which compare what it has with what the server has.
 */
export type FollowingClient = {
  userId: string
  rooms: ReadonlyMap<string, Room>
  /** Syncs once through this node; an answer that is lost on the way is asked for again next time. */
  follow(node: SyncNode, options?: { isLost?: boolean }): Promise<SyncAnswer>
}

export type ClientOptions = Pick<SyncOptions, 'filter' | 'useStateAfter' | 'sessionId'>

export function createFollowingClient(userId: string, options: ClientOptions): FollowingClient {
  const rooms = new Map<string, Room>()
  let since: string | undefined

  function roomOf(roomId: string): Room {
    const known = rooms.get(roomId)
    if (known) return known
    const room: Room = { section: undefined, known: [], upTo: 0, state: new Map() }
    rooms.set(roomId, room)
    return room
  }

  async function take(
    node: SyncNode,
    roomId: string,
    answer: RoomAnswer,
    nextPosition: number,
  ): Promise<void> {
    const room = roomOf(roomId)
    const { events, limited, prev_batch: prevBatch } = answer.timeline
    const start = positionOf(prevBatch)
    const overlaps = limited && (start < room.upTo || room.section !== 'join')
    if (start > room.upTo) {
      assert.ok(limited || room.section !== 'join', `${roomId}: a gap that is not called limited`)
      const missed = await visibleBetween(node, userId, roomId, room.upTo, start)
      room.known.push(...missed.filter((eventId) => !room.known.includes(eventId)))
    }
    for (const event of events) {
      const isKnown = room.known.includes(event.event_id)
      assert.ok(!isKnown || overlaps, `${roomId}: ${event.type} came twice`)
      if (!isKnown) room.known.push(event.event_id)
    }
    applyState(room, options.useStateAfter === true, answer)
    room.upTo = Math.max(room.upTo, nextPosition)
  }

  return {
    userId,
    rooms,
    async follow(node, { isLost = false } = {}) {
      const answer = await syncOnce(node, userId, { ...options, since })
      if (isLost) return answer
      const next = positionOf(answer.next_batch)
      for (const [roomId, room] of Object.entries(answer.rooms?.join ?? {})) {
        await take(node, roomId, room, next)
        roomOf(roomId).section = 'join'
      }
      for (const [roomId, room] of Object.entries(answer.rooms?.leave ?? {})) {
        const wasIn = roomOf(roomId).section === 'join' || room.timeline.limited
        // How far into the room the answer goes is not said: up to where the person left it.
        if (wasIn) await take(node, roomId, room, positionOf(room.timeline.prev_batch))
        roomOf(roomId).section = 'leave'
      }
      for (const roomId of Object.keys(answer.rooms?.invite ?? {})) roomOf(roomId).section = 'invite'
      for (const roomId of Object.keys(answer.rooms?.knock ?? {})) roomOf(roomId).section = 'knock'
      // Of a room that is not mentioned there was nothing to tell.
      for (const room of rooms.values()) if (room.section === 'join') room.upTo = next
      since = answer.next_batch
      return answer
    },
  }
}

function applyState(room: Room, useStateAfter: boolean, answer: RoomAnswer): void {
  assert.equal(answer.state_after !== undefined, useStateAfter)
  assert.equal(answer.state !== undefined, !useStateAfter)
  const events = useStateAfter
    ? (answer.state_after?.events ?? [])
    : [...(answer.state?.events ?? []), ...answer.timeline.events]
  for (const event of events) {
    if (event.state_key !== undefined) room.state.set(`${event.type} ${event.state_key}`, event)
  }
}

function positionOf(token: string | undefined): number {
  if (token === undefined) return 0
  const parsed = parseToken(token)
  assert.ok(parsed, `${token} is a token`)
  return parsed.position
}

/** What /messages gives between two tokens. */
async function visibleBetween(
  { rooms }: SyncNode,
  userId: string,
  roomId: string,
  after: number,
  upTo: number,
): Promise<string[]> {
  const { events } = await rooms.eventsAfter(roomId, { after, upTo, limit: 10_000 })
  return (await rooms.visibleTo(userId, roomId, events)).map(({ eventId }) => eventId)
}
