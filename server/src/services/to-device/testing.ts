import type { TestContext } from 'node:test'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/db/database.ts'
import type { Random } from '../../platform/random.ts'
import type { Position, Stream } from '../../platform/stream/stream.ts'
import { testDatabase } from '../../platform/testing/database.ts'
import { testPlatform } from '../../platform/testing/platform.ts'
import type { Identity } from '../identity/api.ts'
import { type ToDeviceSettings, toDeviceSettings } from './config.ts'
import { createToDevice, type ToDeviceService } from './service.ts'

export type ToDeviceNode = {
  toDevice: ToDeviceService
  stream: Stream
  /** Statements that this node's service has run outside transactions. */
  queries(): number
}

export type ToDeviceFixture = {
  nodes: ToDeviceNode[]
  db: Database
  /** Adds a device to a person, as a login does. */
  login(userId: string, ...deviceIds: string[]): void
  /** Waits until every node has read all that is committed, and gives that position. */
  caughtUp(): Promise<Position>
}

type Options = { nodes?: number; clock?: Clock; random?: Random; settings?: Partial<ToDeviceSettings> }

/** The service on several nodes with one database; who has which devices is said by the test. */
export async function toDeviceFixture(t: TestContext, options: Options = {}): Promise<ToDeviceFixture> {
  const { url, db } = await testDatabase(t)
  const directory = new Map<string, string[]>()
  const identity: Pick<Identity, 'devices'> = {
    async devices(userIds) {
      const entries = userIds.map((userId) => [userId, (directory.get(userId) ?? []).map(deviceOf)] as const)
      return new Map(entries)
    },
  }
  const nodes: ToDeviceNode[] = []
  for (let i = 0; i < (options.nodes ?? 1); i++) nodes.push(await createNode(t, url, identity, options))
  return {
    nodes,
    db,
    login: (userId, ...deviceIds) =>
      void directory.set(userId, [...(directory.get(userId) ?? []), ...deviceIds]),
    async caughtUp() {
      const head = (await nodes[0]?.stream.head()) ?? 0
      await Promise.all(nodes.map(({ stream }) => stream.reached(head, AbortSignal.timeout(10_000))))
      return head
    },
  }
}

async function createNode(
  t: TestContext,
  url: string,
  identity: Pick<Identity, 'devices'>,
  { clock, random, settings }: Options,
): Promise<ToDeviceNode> {
  const platform = testPlatform(t, url, { ...(clock && { clock }), ...(random && { random }) })
  let queries = 0
  const counted: Database = { ...platform.db }
  counted.rows = (query) => {
    queries++
    return platform.db.rows(query)
  }
  counted.run = (query) => {
    queries++
    return platform.db.run(query)
  }
  const defaults = Object.entries(toDeviceSettings).map(([name, { fallback }]) => [name, fallback])
  const toDevice = createToDevice({
    ...platform,
    db: counted,
    identity,
    settings: { ...Object.fromEntries(defaults), ...settings },
  })
  await platform.start()
  return { toDevice, stream: platform.stream, queries: () => queries }
}

function deviceOf(deviceId: string) {
  return { deviceId, displayName: undefined, lastSeenAtMs: undefined, lastSeenIp: undefined }
}
