import type { TestContext } from 'node:test'
import type { Position, Stream } from '../../platform/stream/stream.ts'
import { testDatabase } from '../../platform/testing/database.ts'
import { testPlatform } from '../../platform/testing/platform.ts'
import { accountDataSettings } from './config.ts'
import { type AccountDataService, createAccountData } from './service.ts'

export type AccountDataNode = {
  accountData: AccountDataService
  stream: Stream
  /** Statements that the service has run outside transactions. */
  queries(): number
}

/** The service on several nodes with one database. */
export async function accountDataNodes(t: TestContext, count: number): Promise<AccountDataNode[]> {
  const { url } = await testDatabase(t)
  const nodes: AccountDataNode[] = []
  for (let i = 0; i < count; i++) {
    const platform = testPlatform(t, url)
    let queries = 0
    const db = { ...platform.db }
    db.rows = (query) => {
      queries++
      return platform.db.rows(query)
    }
    const settings = {
      contentBytesMax: accountDataSettings.contentBytesMax.fallback,
      peopleRemembered: accountDataSettings.peopleRemembered.fallback,
    }
    const accountData = createAccountData({ ...platform, db, settings })
    await platform.start()
    nodes.push({ accountData, stream: platform.stream, queries: () => queries })
  }
  return nodes
}

/** Waits until the node has read everything that is committed, and gives that position. */
export async function caughtUp({ stream }: Pick<AccountDataNode, 'stream'>): Promise<Position> {
  const head = await stream.head()
  await stream.reached(head, AbortSignal.timeout(10_000))
  return head
}
