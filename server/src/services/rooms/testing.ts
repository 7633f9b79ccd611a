import type { TestContext } from 'node:test'
import { Registry } from 'prom-client'
import { type Clock, systemClock } from '../../platform/clock.ts'
import { createJobs } from '../../platform/jobs.ts'
import { createLog } from '../../platform/log.ts'
import { createSigningKey } from '../../platform/signed-json/signing.ts'
import { createBus } from '../../platform/stream/bus.ts'
import { createStream, type Stream } from '../../platform/stream/stream.ts'
import { openTestDatabase, testDatabase } from '../../platform/testing/database.ts'
import { createTestRandom } from '../../platform/testing/random.ts'
import type { EventDraft } from './api.ts'
import { roomsSettings } from './config.ts'
import { defaultRoomVersion } from './protocol/room-versions.ts'
import { createRooms, type RoomsService } from './service.ts'

export const alice = '@alice:dure.test'
export const bob = '@bob:dure.test'
export const carol = '@carol:dure.test'

/** One node: a rooms service with its own connections, stream and caches. */
export type RoomsNode = {
  rooms: RoomsService
  stream: Stream
  /** Resolves when this node has taken in everything up to `position`. */
  reached(position: number): Promise<void>
}

export type RoomsFixture = RoomsNode & {
  databaseUrl: string
  /** A further node on the same database. */
  addNode(): Promise<RoomsNode>
  /** Founds a room in which these people are joined, the first of them being its creator. */
  room(options?: RoomOptions): Promise<string>
  /** Sends a text message; gives its event id and position when this node has taken it in. */
  say(roomId: string, sender: string, body: string): Promise<{ eventId: string; position: number }>
  /** Sends any draft, and gives its event id and position when this node has taken it in. */
  send(roomId: string, sender: string, draft: EventDraft): Promise<{ eventId: string; position: number }>
  ignored: Map<string, Set<string>>
}

export type RoomOptions = {
  people?: readonly string[]
  version?: string
  joinRule?: string
  historyVisibility?: string
  powerLevels?: EventDraft['content']
}

/** A rooms service on a real database of its own, with a helper for each thing that a test needs again and again. */
export async function roomsFixture(t: TestContext, options: { clock?: Clock } = {}): Promise<RoomsFixture> {
  const { url } = await testDatabase(t)
  const ignored = new Map<string, Set<string>>()
  let nodes = 0
  const addNode = () => startNode(t, { url, clock: options.clock ?? systemClock, seed: ++nodes, ignored })
  const node = await addNode()

  async function send(roomId: string, sender: string, draft: EventDraft) {
    const { eventIds, position } = await node.rooms.append({ roomId, sender, drafts: [draft] })
    await node.reached(position)
    return { eventId: eventIds[0] ?? '', position }
  }

  return {
    ...node,
    databaseUrl: url,
    ignored,
    addNode,
    send,
    say: (roomId, sender, body) => send(roomId, sender, message(body)),
    async room({ people = [alice], ...more } = {}) {
      const [creator = alice, ...others] = people
      const { roomId, position } = await node.rooms.found({
        version: more.version ?? defaultRoomVersion.id,
        sender: creator,
        drafts: foundingDrafts(creator, more),
      })
      let last = position
      for (const person of others) {
        last = (await node.rooms.append({ roomId, sender: person, drafts: [member(person, 'join')] }))
          .position
      }
      await node.reached(last)
      return roomId
    },
  }
}

async function startNode(
  t: TestContext,
  {
    url,
    clock,
    seed,
    ignored,
  }: { url: string; clock: Clock; seed: number; ignored: Map<string, Set<string>> },
): Promise<RoomsNode> {
  const db = openTestDatabase(url)
  const log = createLog('silent')
  const bus = createBus({ db, log, clock: systemClock })
  const stream = createStream({ db, bus, clock: systemClock, log }, { pollMs: 200 })
  const settings = Object.fromEntries(
    Object.entries(roomsSettings).map(([name, setting]) => [name, setting.fallback]),
  ) as { [K in keyof typeof roomsSettings]: (typeof roomsSettings)[K]['fallback'] }
  const random = createTestRandom(seed)
  const metrics = new Registry()
  const rooms = createRooms({
    db,
    stream,
    clock,
    log,
    jobs: createJobs({ db, bus, clock, random, log, metrics }),
    random,
    metrics,
    signer: { serverName: 'dure.test', key: createSigningKey('test', new Uint8Array(32).fill(7)) },
    accountData: { ignoredUsers: async (userId) => ignored.get(userId) ?? new Set() },
    settings,
  })
  await bus.start()
  await stream.start()
  t.after(async () => {
    await rooms.close()
    await stream.close()
    await bus.close()
    await db.close()
  })
  return { rooms, stream, reached: (position) => stream.reached(position, t.signal) }
}

/** The first events of a room, as simple as they can be. */
export function foundingDrafts(creator: string, options: RoomOptions = {}): EventDraft[] {
  return [
    { type: 'm.room.create', stateKey: '', content: {} },
    member(creator, 'join'),
    state('m.room.power_levels', { ...powerLevelsFor(creator, options.version), ...options.powerLevels }),
    state('m.room.join_rules', { join_rule: options.joinRule ?? 'public' }),
    ...(options.historyVisibility === undefined
      ? []
      : [state('m.room.history_visibility', { history_visibility: options.historyVisibility })]),
  ]
}

/** Creators of version 12 rooms stand above the power levels and must not be named in them. */
function powerLevelsFor(creator: string, version = defaultRoomVersion.id): EventDraft['content'] {
  return { users: Number(version) >= 12 ? {} : { [creator]: 100 } }
}

export function message(body: string, content: EventDraft['content'] = {}): EventDraft {
  return { type: 'm.room.message', content: { msgtype: 'm.text', body, ...content } }
}

export function state(type: string, content: EventDraft['content'], stateKey = ''): EventDraft {
  return { type, stateKey, content }
}

export function member(userId: string, membership: string): EventDraft {
  return { type: 'm.room.member', stateKey: userId, content: { membership } }
}
