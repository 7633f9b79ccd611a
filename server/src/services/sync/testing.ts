import type { TestContext } from 'node:test'
import type { Caller } from '../../platform/http/access.ts'
import type { JsonObject } from '../../platform/json.ts'
import { createSigningKey } from '../../platform/signed-json/signing.ts'
import { testDatabase } from '../../platform/testing/database.ts'
import { type TestPlatform, testPlatform } from '../../platform/testing/platform.ts'
import { accountDataSettings } from '../account-data/config.ts'
import { type AccountDataService, createAccountData } from '../account-data/service.ts'
import { roomsSettings } from '../rooms/config.ts'
import { createRooms, type RoomsService } from '../rooms/service.ts'
import { toDeviceSettings } from '../to-device/config.ts'
import { createToDevice, type ToDeviceService } from '../to-device/service.ts'
import type { SyncRequest } from './api.ts'
import { type SyncSettings, syncSettings } from './config.ts'
import { quietKeys, quietPresence, quietPush, quietReceipts } from './quiet.ts'
import { createSync, type SyncService } from './service.ts'

/** One node: sync and everything it shows, with connections, stream and caches of their own. */
export type SyncNode = {
  sync: SyncService
  rooms: RoomsService
  accountData: AccountDataService
  toDevice: ToDeviceService
  stream: TestPlatform['stream']
  /** Statements that the services of this node have run so far, outside transactions. */
  statements(): number
  /** Resolves when this node has read everything that is committed. */
  caughtUp(): Promise<void>
}

type Options = { nodes?: number; settings?: Partial<SyncSettings> }

/** Sync on real services and a real database; several nodes share the one database. */
export async function syncNodes(t: TestContext, options: Options = {}): Promise<[SyncNode, ...SyncNode[]]> {
  const { url } = await testDatabase(t)
  const first = await startNode(t, url, options)
  const nodes: [SyncNode, ...SyncNode[]] = [first]
  for (let i = 1; i < (options.nodes ?? 1); i++) nodes.push(await startNode(t, url, options))
  return nodes
}

async function startNode(t: TestContext, url: string, options: Options): Promise<SyncNode> {
  const platform = testPlatform(t, url)
  const { stream } = platform
  let statements = 0
  const db: TestPlatform['db'] = {
    ...platform.db,
    rows(query) {
      statements++
      return platform.db.rows(query)
    },
  }
  const deps = { ...platform, db }
  const accountData = createAccountData({ ...deps, settings: defaults(accountDataSettings) })
  const signer = { serverName: 'dure.test', key: createSigningKey('test', new Uint8Array(32).fill(7)) }
  const rooms = createRooms({ ...deps, accountData, signer, settings: defaults(roomsSettings) })
  const identity = {
    devices: async (userIds: readonly string[]) => new Map(userIds.map((id) => [id, [phone]])),
  }
  const toDevice = createToDevice({ ...deps, identity, settings: defaults(toDeviceSettings) })
  const sync = createSync({
    ...deps,
    rooms,
    accountData,
    toDevice,
    receipts: quietReceipts,
    presence: quietPresence,
    keys: quietKeys,
    push: quietPush,
    settings: { ...defaults(syncSettings), ...options.settings },
  })
  await platform.start()
  t.after(() => sync.drain())
  return {
    sync,
    rooms,
    accountData,
    toDevice,
    stream,
    statements: () => statements,
    caughtUp: async () => stream.reached(await stream.head(), t.signal),
  }
}

const phone = { deviceId: 'PHONE', displayName: undefined, lastSeenAtMs: undefined, lastSeenIp: undefined }

function defaults<Values extends Record<string, { fallback: unknown }>>(slice: Values) {
  return Object.fromEntries(Object.entries(slice).map(([name, { fallback }]) => [name, fallback])) as {
    [Name in keyof Values]: Values[Name]['fallback']
  }
}

export function callerFor(userId: string, sessionId = 'session'): Caller {
  return { userId, deviceId: 'PHONE', guest: false, sessionId }
}

/** The parts of an answer that tests look at, typed as they are in JSON. */
export type SyncAnswer = {
  next_batch: string
  rooms?: {
    join?: Record<string, RoomAnswer>
    leave?: Record<string, RoomAnswer>
    invite?: Record<string, { invite_state: { events: EventAnswer[] } }>
    knock?: Record<string, { knock_state: { events: EventAnswer[] } }>
  }
  account_data?: { events: EventAnswer[] }
  to_device?: { events: EventAnswer[] }
  device_lists?: { changed: string[]; left: string[] }
}
export type RoomAnswer = {
  summary?: JsonObject
  state?: { events: EventAnswer[] }
  state_after?: { events: EventAnswer[] }
  timeline: { events: EventAnswer[]; limited: boolean; prev_batch?: string }
  account_data?: { events: EventAnswer[] }
}
export type EventAnswer = {
  type: string
  state_key?: string
  event_id: string
  sender: string
  content: JsonObject
}

export type SyncOptions = Partial<Omit<SyncRequest, 'filter'>> & {
  filter?: JsonObject | string
  sessionId?: string
}

/** One /sync of a person, as the answer's JSON. It does not wait unless `timeoutMs` says so. */
export async function syncOnce(
  node: SyncNode,
  userId: string,
  options: SyncOptions = {},
): Promise<SyncAnswer> {
  const { filter, sessionId, ...rest } = options
  const text = await node.sync.sync({
    caller: callerFor(userId, sessionId),
    since: undefined,
    filter: typeof filter === 'object' ? JSON.stringify(filter) : filter,
    fullState: false,
    useStateAfter: false,
    setPresence: 'offline',
    timeoutMs: 0,
    gone: new AbortController().signal,
    ...rest,
  })
  return JSON.parse(text)
}
