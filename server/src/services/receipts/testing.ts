import type { TestContext } from 'node:test'
import { createHttp } from '../../platform/http/http.ts'
import { createRateLimits } from '../../platform/http/rate-limits.ts'
import { createSigningKey } from '../../platform/signed-json/signing.ts'
import { atEnd } from '../../platform/testing/cleanup.ts'
import { testDatabase } from '../../platform/testing/database.ts'
import { testPlatform } from '../../platform/testing/platform.ts'
import { accountDataSettings } from '../account-data/config.ts'
import { type AccountDataService, createAccountData } from '../account-data/service.ts'
import type { EventDraft } from '../rooms/api.ts'
import { roomsSettings } from '../rooms/config.ts'
import { defaultRoomVersion } from '../rooms/protocol/room-versions.ts'
import { createRooms } from '../rooms/service.ts'
import { foundingDrafts, member, message } from '../rooms/testing.ts'
import { receiptsBudgets, receiptsSettings } from './config.ts'
import { receiptsRoutes } from './routes/routes.ts'
import { createReceipts, type ReceiptsService } from './service.ts'

export type ReceiptsNode = {
  receipts: ReceiptsService
  accountData: AccountDataService
  /** Statements that receipts have run outside transactions. */
  queries(): number
  /** The position of everything that is committed, when this node has read it. */
  caughtUp(): Promise<number>
  /** Posts as the person and gives status and error code. */
  post(userId: string, path: string, body?: unknown): Promise<[number, string | undefined]>
}

export type ReceiptsFixture = ReceiptsNode & {
  nodes: ReceiptsNode[]
  /** A room in which these people are joined. */
  room(...people: [string, ...string[]]): Promise<string>
  /** Sends a message, of a thread when a root is given, and gives its event id. */
  say(roomId: string, sender: string, threadRoot?: string): Promise<string>
}

/** Nodes with rooms, account data and receipts on one database of their own. */
export async function receiptsFixture(
  t: TestContext,
  given: { nodes?: number; receiptsRemembered?: number } = {},
): Promise<ReceiptsFixture> {
  const { url } = await testDatabase(t)
  const started = []
  for (let i = 0; i < (given.nodes ?? 1); i++) started.push(await startNode(t, url, given))
  const [first] = started
  if (!first) throw new Error('a fixture has at least one node')
  const { rooms } = first

  const append = (roomId: string, sender: string, draft: EventDraft) =>
    rooms.append({ roomId, sender, drafts: [draft] })
  return {
    ...first,
    nodes: started,
    async room(creator, ...others) {
      const { roomId } = await rooms.found({
        version: defaultRoomVersion.id,
        sender: creator,
        drafts: foundingDrafts(creator),
      })
      for (const person of others) await append(roomId, person, member(person, 'join'))
      return roomId
    },
    async say(roomId, sender, threadRoot) {
      const relation = threadRoot ? { 'm.relates_to': { rel_type: 'm.thread', event_id: threadRoot } } : {}
      const { eventIds } = await append(roomId, sender, message('hello', relation))
      return eventIds[0] ?? ''
    },
  }
}

async function startNode(t: TestContext, url: string, given: { receiptsRemembered?: number }) {
  const platform = testPlatform(t, url)
  const accountData = createAccountData({ ...platform, settings: fallbacks(accountDataSettings) })
  const signer = { serverName: 'dure.test', key: createSigningKey('test', new Uint8Array(32).fill(7)) }
  const rooms = createRooms({ ...platform, signer, accountData, settings: fallbacks(roomsSettings) })
  let queries = 0
  const db = { ...platform.db }
  db.rows = (query) => {
    queries += 1
    return platform.db.rows(query)
  }
  const settings = { ...fallbacks(receiptsSettings), ...given }
  const receipts = createReceipts({ ...platform, db, rooms, accountData, settings })
  const http = await createHttp(
    {
      clock: platform.clock,
      log: platform.log,
      random: platform.random,
      limits: createRateLimits(platform, receiptsBudgets, false),
      authenticate: async (token) => ({ userId: token, deviceId: 'D', guest: false, sessionId: token }),
    },
    { bodyBytesMax: 100_000, trustedProxies: [], draining: () => false },
  )
  receiptsRoutes(http, receipts)
  await platform.start()
  atEnd(t, () => rooms.close())
  atEnd(t, () => http.close())

  return {
    rooms,
    receipts,
    accountData,
    queries: () => queries,
    async caughtUp() {
      const head = await platform.stream.head()
      await platform.stream.reached(head, AbortSignal.timeout(10_000))
      return head
    },
    async post(userId: string, path: string, body?: unknown): Promise<[number, string | undefined]> {
      const answer = await http.inject({
        method: 'POST',
        url: `/_matrix/client/v3/rooms/${path}`,
        headers: { authorization: `Bearer ${userId}` },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      })
      return [answer.statusCode, answer.json().errcode]
    },
  }
}

type Fallbacks<S> = { [K in keyof S]: S[K] extends { fallback: infer Value } ? Value : never }

function fallbacks<S extends Record<string, { fallback: unknown }>>(slice: S): Fallbacks<S> {
  return Object.fromEntries(
    Object.entries(slice).map(([name, { fallback }]) => [name, fallback]),
  ) as Fallbacks<S>
}
