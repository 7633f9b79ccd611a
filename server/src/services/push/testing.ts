import type { TestContext } from 'node:test'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/db/database.ts'
import { createHttp } from '../../platform/http/http.ts'
import { createRateLimits } from '../../platform/http/rate-limits.ts'
import type { JsonObject } from '../../platform/json.ts'
import { testOutgoing } from '../../platform/outgoing/testing.ts'
import { createSigningKey } from '../../platform/signed-json/signing.ts'
import type { Position, Stream } from '../../platform/stream/stream.ts'
import { atEnd } from '../../platform/testing/cleanup.ts'
import { testDatabase } from '../../platform/testing/database.ts'
import { type TestPlatform, testPlatform } from '../../platform/testing/platform.ts'
import { accountDataSettings } from '../account-data/config.ts'
import { type AccountDataService, createAccountData } from '../account-data/service.ts'
import type { Receipt } from '../receipts/api.ts'
import { receiptsSettings } from '../receipts/config.ts'
import { createReceipts, type ReceiptsService } from '../receipts/service.ts'
import type { EventDraft } from '../rooms/api.ts'
import { roomsSettings } from '../rooms/config.ts'
import { defaultRoomVersion } from '../rooms/protocol/room-versions.ts'
import { createRooms, type RoomsService } from '../rooms/service.ts'
import { foundingDrafts, member, message, type RoomOptions } from '../rooms/testing.ts'
import type { UnreadCounts } from './api.ts'
import { pushBudgets, pushSettings } from './config.ts'
import { pushRuleRoutes } from './routes/push-rules.ts'
import { pusherRoutes } from './routes/pushers.ts'
import { createPush, type PushService } from './service.ts'

export const alice = '@alice:dure.test'
export const bob = '@bob:dure.test'
export const carol = '@carol:dure.test'

export type PushNode = {
  push: PushService
  rooms: RoomsService
  accountData: AccountDataService
  receipts: ReceiptsService
  stream: Stream
  /** Queries that push and what it reads from have made on this node so far. */
  queries(): number
  /** Positions after which push has read events on this node so far. */
  readFrom: Position[]
  /** A request about push rules, or about `/pushers`, by a person, or by nobody. */
  request(userId: string | undefined, method: Method, path: string, body?: unknown): Promise<Answer>
  /** What a sync of this person through this node says now about a room. */
  unread(userId: string, roomId: string): Promise<UnreadCounts>
}
type Method = 'GET' | 'PUT' | 'POST' | 'DELETE'
type Answer = { status: number; body: JsonObject }
type Sent = { eventId: string }
type Read = Partial<Pick<Receipt, 'type' | 'threadId'>>

export type PushFixture = {
  nodes: [PushNode, ...PushNode[]]
  db: Database
  /** Another node, with nothing in memory. */
  addNode(options?: Omit<NodeOptions, 'url'>): Promise<PushNode>
  /** Waits until every node has read all that is committed, and gives that position. */
  caughtUp(): Promise<Position>
  /** Founds a room in which these people are joined. */
  room(people: readonly [string, ...string[]], options?: RoomOptions): Promise<string>
  send(roomId: string, sender: string, draft: EventDraft): Promise<Sent>
  say(roomId: string, sender: string, body: string, content?: JsonObject): Promise<Sent>
  /** So many messages at once. */
  sayMany(roomId: string, sender: string, count: number): Promise<Sent[]>
  /** Somebody has read up to an event. */
  read(userId: string, roomId: string, event: Sent, options?: Read): Promise<void>
  ignore(userId: string, ignoredUserId: string): Promise<void>
}

/** Push, and all that it knows, on nodes of their own with one database. */
export async function pushFixture(
  t: TestContext,
  options: { nodes?: number; sending?: boolean } = {},
): Promise<PushFixture> {
  const { url, db } = await testDatabase(t)
  const { sending = false } = options
  const first = await createNode(t, { url, sending })
  const nodes: [PushNode, ...PushNode[]] = [first]
  const addNode = async (given: Omit<NodeOptions, 'url'> = {}) => {
    const node = await createNode(t, { url, sending, ...given })
    nodes.push(node)
    return node
  }
  while (nodes.length < (options.nodes ?? 1)) await addNode()

  async function send(roomId: string, sender: string, draft: EventDraft): Promise<Sent> {
    const { eventIds } = await first.rooms.append({ roomId, sender, drafts: [draft] })
    return { eventId: eventIds[0] ?? '' }
  }

  return {
    nodes,
    db,
    addNode,
    send,
    say: (roomId, sender, body, content) => send(roomId, sender, message(body, content)),
    async sayMany(roomId, sender, count) {
      const sent: Sent[] = []
      while (sent.length < count) {
        const drafts = Array.from({ length: Math.min(100, count - sent.length) }, () => message('hello'))
        const { eventIds } = await first.rooms.append({ roomId, sender, drafts })
        sent.push(...eventIds.map((eventId) => ({ eventId })))
      }
      return sent
    },
    ignore: (userId, ignoredUserId) =>
      first.accountData.put(userId, undefined, 'm.ignored_user_list', {
        ignored_users: { [ignoredUserId]: {} },
      }),
    async caughtUp() {
      const head = await first.stream.head()
      await Promise.all(nodes.map(({ stream }) => stream.reached(head, AbortSignal.timeout(10_000))))
      return head
    },
    async room([creator, ...others], given = {}) {
      const { version = defaultRoomVersion.id } = given
      const { roomId } = await first.rooms.found({
        version,
        sender: creator,
        drafts: foundingDrafts(creator, given),
      })
      for (const person of others) await send(roomId, person, member(person, 'join'))
      return roomId
    },
    read: (userId, roomId, { eventId }, { type = 'm.read', threadId } = {}) =>
      first.receipts.markRead({ userId, roomId }, [{ type, eventId, threadId }]),
  }
}

type NodeOptions = {
  url: string
  unreadStatesMax?: number
  /** Whether the node sends to push gateways. */
  sending?: boolean
  clock?: Clock
}

async function createNode(t: TestContext, options: NodeOptions): Promise<PushNode> {
  const platform = testPlatform(t, options.url, options.clock === undefined ? {} : { clock: options.clock })
  const counted = countQueries(platform.db)
  const accountData = createAccountData({
    ...platform,
    db: counted.db,
    settings: defaults(accountDataSettings),
  })
  const rooms = createRooms({
    ...platform,
    db: counted.db,
    accountData,
    signer: { serverName: 'dure.test', key: createSigningKey('test', new Uint8Array(32).fill(7)) },
    settings: defaults(roomsSettings),
  })
  const receipts = createReceipts({
    ...platform,
    db: counted.db,
    rooms,
    accountData,
    settings: defaults(receiptsSettings),
  })
  const readFrom: Position[] = []
  const push = await createPush({
    ...platform,
    db: counted.db,
    rooms: {
      ...rooms,
      latestEvents(roomIds, range) {
        readFrom.push(range.after ?? 0)
        return rooms.latestEvents(roomIds, range)
      },
      eventsAfter(roomId, range) {
        readFrom.push(range.after)
        return rooms.eventsAfter(roomId, range)
      },
    },
    receipts,
    accountData,
    outgoing: testOutgoing(t),
    contact: 'mailto:operator@dure.test',
    settings: {
      ...defaults(pushSettings),
      ...(options.unreadStatesMax !== undefined && { unreadStatesMax: options.unreadStatesMax }),
    },
  })
  const request = await serve(t, platform, push)
  await platform.start()
  if (options.sending) push.pushers.start()
  atEnd(t, () => push.close())
  const { stream } = platform
  return {
    push,
    rooms,
    accountData,
    receipts,
    stream,
    request,
    readFrom,
    queries: counted.queries,
    async unread(userId, roomId) {
      const upTo = await stream.head()
      await stream.reached(upTo, AbortSignal.timeout(10_000))
      const counts = (await push.unreadCounts(userId, [roomId], upTo)).get(roomId)
      if (!counts) throw new Error('every room that was asked for has counts')
      return counts
    },
  }
}

async function serve(
  t: TestContext,
  platform: TestPlatform,
  push: PushService,
): Promise<PushNode['request']> {
  const { log, random, clock } = platform
  const http = await createHttp(
    {
      clock,
      log,
      random,
      limits: createRateLimits({ clock }, pushBudgets, false),
      authenticate: async (userId) => ({
        userId,
        deviceId: 'DEVICE',
        guest: userId.startsWith('@guest'),
        sessionId: userId,
      }),
    },
    { bodyBytesMax: 1024 * 1024, trustedProxies: [], draining: () => false },
  )
  pushRuleRoutes(http, push)
  pusherRoutes(http, push.pushers)
  atEnd(t, () => http.close())
  return async (userId, method, path, body) => {
    const answer = await http.inject({
      method,
      url: `/_matrix/client/${placeOf(path)}`,
      ...(userId !== undefined && { headers: { authorization: `Bearer ${userId}` } }),
      ...(body !== undefined && { payload: JSON.stringify(body) }),
    })
    return { status: answer.statusCode, body: answer.json() }
  }
}

function placeOf(path: string): string {
  if (path === '/pushers/ack') return `unstable/org.matrix.msc4174${path}`
  return `v3${path.startsWith('/pushers') ? path : `/pushrules${path}`}`
}

function countQueries(db: Database): { db: Database; queries: () => number } {
  let queries = 0
  return {
    queries: () => queries,
    db: {
      ...db,
      rows: (query) => {
        queries++
        return db.rows(query)
      },
    },
  }
}

function defaults<S extends Record<string, { fallback: unknown }>>(
  settings: S,
): { [K in keyof S]: S[K]['fallback'] } {
  // Object.fromEntries forgets which name has which type.
  return Object.fromEntries(Object.entries(settings).map(([name, { fallback }]) => [name, fallback])) as {
    [K in keyof S]: S[K]['fallback']
  }
}
