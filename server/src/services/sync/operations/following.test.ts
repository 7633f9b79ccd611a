import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '../../../platform/refusal.ts'
import { createTestRandom } from '../../../platform/testing/random.ts'
import type { EventDraft } from '../../rooms/api.ts'
import { defaultRoomVersion } from '../../rooms/protocol/room-versions.ts'
import { alice, bob, carol, foundingDrafts, member, message, state } from '../../rooms/testing.ts'
import { createFollowingClient, type FollowingClient } from '../testing/following-client.ts'
import { type SyncNode, syncNodes } from '../testing/nodes.ts'

type Pick = <T>(items: readonly T[]) => T

const people = [alice, bob, carol]

/** Something that somebody may want to do in a room; refused when the rules say so. */
function someDraft(pick: Pick, sender: string, count: number): EventDraft {
  const other = pick(people)
  return pick<() => EventDraft>([
    () => message(`message ${count}`),
    () => message(`message ${count}`),
    () => message(`message ${count}`),
    () => state('m.room.name', { name: `name ${count}` }),
    () => state('m.room.topic', { topic: `topic ${count}` }),
    () =>
      state('m.room.history_visibility', {
        history_visibility: pick(['shared', 'joined', 'invited', 'world_readable']),
      }),
    () => member(sender, 'join'),
    () => member(sender, 'join'),
    () => ({ ...member(sender, 'join'), content: { membership: 'join', displayname: `me ${count}` } }),
    () => member(sender, 'leave'),
    () => member(other, 'invite'),
    () => member(other, 'leave'),
    () => member(other, 'ban'),
  ])()
}

async function act(pick: Pick, node: SyncNode, roomIds: string[], count: number): Promise<void> {
  const sender = pick(people)
  if (roomIds.length === 0 || (roomIds.length < 3 && pick([0, 1, 2, 3, 4, 5]) === 0)) {
    const { roomId } = await node.rooms.found({
      version: defaultRoomVersion.id,
      sender,
      drafts: foundingDrafts(sender, {
        powerLevels: { state_default: 0, invite: 0, kick: 0, ban: 0, users_default: 50 },
      }),
    })
    roomIds.push(roomId)
    return
  }
  try {
    await node.rooms.append({ roomId: pick(roomIds), sender, drafts: [someDraft(pick, sender, count)] })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
}

/** Everything in the room that this client's person may see, and the room's state, against what the client has. */
async function compare(node: SyncNode, client: FollowingClient, roomId: string): Promise<void> {
  const room = client.rooms.get(roomId)
  const membership = await node.rooms.membership(roomId, client.userId)
  const expected = membership === 'ban' ? 'leave' : membership
  // A first sync says nothing of rooms that were left before it.
  if (!room && expected === 'leave') return
  assert.equal(room?.section, expected, `${client.userId} in ${roomId}`)
  if (!room) return
  const { events } = await node.rooms.eventsAfter(roomId, {
    after: 0,
    upTo: node.stream.position(),
    limit: 10_000,
  })
  const visible = (await node.rooms.visibleTo(client.userId, roomId, events)).map(({ eventId }) => eventId)
  if (membership === 'join') {
    const order = new Map(events.map(({ eventId, position }) => [eventId, position]))
    const known = room.known.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0))
    assert.deepEqual(known, visible, `${client.userId} has the timeline of ${roomId}`)
    const current = await node.rooms.state(roomId)
    for (const event of current?.events() ?? []) {
      const held = room.state.get(`${event.type} ${event.stateKey}`)
      assert.equal(held?.event_id, event.eventId, `${client.userId} holds ${event.type} ${event.stateKey}`)
    }
  }
}

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`clients that follow two nodes end with what the server has (seed ${seed})`, async (t) => {
    const [here, there] = await syncNodes(t, { nodes: 2 })
    assert(there)
    const random = createTestRandom(seed)
    const pick: Pick = (items) => {
      const item = items[random.below(items.length)]
      assert(item !== undefined)
      return item
    }
    const clients = people.flatMap((userId) =>
      [false, true].map((useStateAfter) =>
        createFollowingClient(userId, {
          useStateAfter,
          filter: { room: { timeline: { limit: 1 + random.below(5) } } },
          sessionId: `${userId} ${useStateAfter}`,
        }),
      ),
    )
    const roomIds: string[] = []
    for (let count = 0; count < 80; count++) {
      await act(pick, pick([here, there]), roomIds, count)
      if (pick([0, 1, 2]) === 0)
        await pick(clients).follow(pick([here, there]), { isLost: pick([0, 1, 2, 3]) === 0 })
    }
    for (const node of [here, there]) await node.caughtUp()
    for (const client of clients) {
      await client.follow(pick([here, there]))
      for (const roomId of roomIds) await compare(here, client, roomId)
    }
  })
}
