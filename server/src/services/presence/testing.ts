import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import { createHttp } from '../../platform/http/http.ts'
import { createRateLimits } from '../../platform/http/rate-limits.ts'
import { createSigningKey } from '../../platform/signed-json/signing.ts'
import { atEnd } from '../../platform/testing/cleanup.ts'
import { createTestClock, type TestClock } from '../../platform/testing/clock.ts'
import { testDatabase } from '../../platform/testing/database.ts'
import { testPlatform } from '../../platform/testing/platform.ts'
import { until } from '../../platform/testing/until.ts'
import { roomsSettings } from '../rooms/config.ts'
import { defaultRoomVersion } from '../rooms/protocol/room-versions.ts'
import { createRooms, type RoomsService } from '../rooms/service.ts'
import { foundingDrafts, member } from '../rooms/testing.ts'
import { type PresenceSettings, presenceBudgets, presenceSettings } from './config.ts'
import { presenceRoutes } from './routes/routes.ts'
import { createPresence, type PresenceService } from './service.ts'

export const alice = '@alice:dure.test'
export const bob = '@bob:dure.test'
export const carol = '@carol:dure.test'

export type PresenceNode = {
  presence: PresenceService
  rooms: RoomsService
  /** Resolves when this node has taken in all events up to `position`. */
  reached(position: number): Promise<void>
  hearing: Hearing
  /** Lets the node die, without a word to the others. */
  kill(): Promise<void>
  /** Who types in the room, as this node shows it to somebody who has just come. */
  typingIn(roomId: string): unknown
  /** Calls as the person and gives status and body. */
  call(method: 'GET' | 'PUT', userId: string, path: string, body?: unknown): Promise<[number, object]>
}

type Hearing = { say(word: string): void; heard(word: string): boolean }

export type PresenceFixture = PresenceNode & {
  clock: TestClock
  nodes: [PresenceNode, ...PresenceNode[]]
  addNode(): Promise<PresenceNode>
  /** Resolves when these nodes have heard all that they have said to each other so far. */
  heard(nodes: readonly PresenceNode[]): Promise<void>
  /** A room in which these people are joined. */
  room(...people: [string, ...string[]]): Promise<string>
}

/** Nodes with rooms and presence on one database and one clock of their own. */
export async function presenceFixture(
  t: TestContext,
  given: { nodes?: number; settings?: Partial<PresenceSettings> } = {},
): Promise<PresenceFixture> {
  const { url } = await testDatabase(t)
  const clock = createTestClock()
  const addNode = () => startNode(t, url, clock, given.settings ?? {})
  const nodes: PresenceFixture['nodes'] = [await addNode()]
  for (let i = 1; i < (given.nodes ?? 1); i++) nodes.push(await addNode())
  const [first] = nodes
  return {
    ...first,
    clock,
    nodes,
    addNode,
    async heard(among) {
      const words = among.map(() => randomUUID())
      for (const [i, word] of words.entries()) among[i]?.hearing.say(word)
      await until(() => among.every(({ hearing }) => words.every(hearing.heard)))
    },
    async room(creator, ...others) {
      const version = defaultRoomVersion.id
      const founded = await first.rooms.found({
        version,
        sender: creator,
        drafts: foundingDrafts(creator),
      })
      const { roomId } = founded
      let { position } = founded
      for (const person of others) {
        const joined = await first.rooms.append({ roomId, sender: person, drafts: [member(person, 'join')] })
        position = joined.position
      }
      for (const node of nodes) await node.reached(position)
      return roomId
    },
  }
}

async function startNode(
  t: TestContext,
  url: string,
  clock: TestClock,
  settings: Partial<PresenceSettings>,
): Promise<PresenceNode> {
  const platform = testPlatform(t, url, { clock })
  const signer = { serverName: 'dure.test', key: createSigningKey('test', new Uint8Array(32).fill(7)) }
  const accountData = { ignoredUsers: async () => new Set<string>() }
  const rooms = createRooms({ ...platform, signer, accountData, settings: fallbacks(roomsSettings) })
  const presence = createPresence({
    ...platform,
    rooms,
    settings: { ...fallbacks(presenceSettings), ...settings },
  })
  const http = await createHttp(
    {
      clock: platform.clock,
      log: platform.log,
      random: platform.random,
      limits: createRateLimits(platform, presenceBudgets, false),
      authenticate: async (token) => ({ userId: token, deviceId: 'D', guest: false, sessionId: token }),
    },
    { bodyBytesMax: 100_000, trustedProxies: [], draining: () => false },
  )
  presenceRoutes(http, presence, { rooms })
  const words = new Set<string>()
  platform.bus.subscribe('test', (word) => void words.add(String(word)))
  await platform.start()
  presence.start()
  atEnd(t, () => rooms.close())
  atEnd(t, () => http.close())
  atEnd(t, () => presence.close())

  return {
    presence,
    rooms,
    reached: (position) => platform.stream.reached(position, AbortSignal.timeout(10_000)),
    hearing: {
      say: (word) => platform.bus.publish('test', word),
      heard: (word) => words.has(word),
    },
    async kill() {
      presence.close()
      await rooms.close()
      await platform.close()
    },
    typingIn: (roomId) => presence.typing([roomId], undefined).get(roomId)?.['user_ids'] ?? [],
    async call(method, userId, path, body) {
      const answer = await http.inject({
        method,
        url: `/_matrix/client/v3/${path}`,
        headers: { authorization: `Bearer ${userId}` },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      })
      return [answer.statusCode, answer.json()]
    },
  }
}

type Fallbacks<S> = { [K in keyof S]: S[K] extends { fallback: infer Value } ? Value : never }

function fallbacks<S extends Record<string, { fallback: unknown }>>(slice: S): Fallbacks<S> {
  return Object.fromEntries(
    Object.entries(slice).map(([name, { fallback }]) => [name, fallback]),
  ) as Fallbacks<S>
}
