import type { TestContext } from 'node:test'
import { type AppOptions, createApp, type Dure } from '../../app.ts'
import { slices } from '../../configuration.ts'
import { loadConfiguration } from '../config/load.ts'
import { createLog } from '../log.ts'
import { atEnd } from './cleanup.ts'
import { testDatabase } from './database.ts'

export type TestAppOptions = Partial<Pick<AppOptions, 'clock' | 'random' | 'log'>> & {
  /** As in the environment of a node. Rate limits are off unless it says otherwise. */
  environment?: Record<string, string>
  /** Another node on the database of an earlier one. */
  databaseUrl?: string
}

/** Passwords cost next to nothing to hash, so that tests can have many people. */
const testEnvironment = {
  DURE_PORT: '0',
  DURE_RATE_LIMITS: 'off',
  DURE_SERVER_NAME: 'dure.test',
  DURE_IDENTITY_PASSWORD_MEMORY: '64 KiB',
  DURE_IDENTITY_PASSWORD_PASSES: '1',
}

/** A whole node on a database of its own, not listening unless the test calls `listen`; closed when the test ends. */
export async function testApp(
  t: TestContext,
  options: TestAppOptions = {},
): Promise<Dure & { databaseUrl: string }> {
  const databaseUrl = options.databaseUrl ?? (await testDatabase(t)).url
  const { environment, ...rest } = options
  const configuration = loadConfiguration(slices, {
    file: undefined,
    environment: { ...testEnvironment, ...environment },
  })
  const app = await createApp({ log: createLog('silent'), ...rest, configuration, databaseUrl })
  atEnd(t, () => app.close())
  return { ...app, databaseUrl }
}

/** Several nodes on one database. */
export async function testNodes(
  t: TestContext,
  count: number,
  options: TestAppOptions = {},
): Promise<(Dure & { databaseUrl: string })[]> {
  const first = await testApp(t, options)
  const nodes = [first]
  for (let i = 1; i < count; i++) {
    nodes.push(
      await testApp(t, {
        ...options,
        databaseUrl: first.databaseUrl,
        environment: { ...options.environment, DURE_NODE: `node-${i + 1}` },
      }),
    )
  }
  return nodes
}
