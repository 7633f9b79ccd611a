import type { TestContext } from 'node:test'
import { Registry } from 'prom-client'
import { type Clock, systemClock } from '../clock.ts'
import { createJobs } from '../jobs.ts'
import { createLog } from '../log.ts'
import type { Platform } from '../platform.ts'
import { type Random, systemRandom } from '../random.ts'
import { createBus } from '../stream/bus.ts'
import { createStream } from '../stream/stream.ts'
import { atEnd } from './cleanup.ts'
import { openTestDatabase } from './database.ts'

export type TestPlatform = Platform & {
  /** Starts bus, stream and jobs, once everything has been wired. */
  start(): Promise<void>
  /** Stops them and closes the connections: done at the test's end, or earlier to let a node "die". */
  close(): Promise<void>
}

/** The platform of one node on a test database, for tests of a service without the rest of the app. */
export function testPlatform(
  t: TestContext,
  url: string,
  given: { clock?: Clock; random?: Random } = {},
): TestPlatform {
  const { clock = systemClock, random = systemRandom } = given
  const log = createLog('silent')
  const metrics = new Registry()
  const db = openTestDatabase(url)
  // The bus and the stream keep real time: they are about waking up, not about what time it is.
  const bus = createBus({ db, log, clock: systemClock })
  const stream = createStream({ db, bus, clock: systemClock, log }, { pollMs: 1000 })
  const jobs = createJobs({ db, bus, clock, random, log, metrics })
  let closing: Promise<void> | undefined

  async function close(): Promise<void> {
    await jobs.close()
    await stream.close()
    await bus.close()
    await db.close()
  }

  const platform: TestPlatform = {
    clock,
    random,
    log,
    metrics,
    db,
    bus,
    stream,
    jobs,
    async start() {
      await bus.start()
      await stream.start()
      await jobs.start()
    },
    close() {
      closing ??= close()
      return closing
    },
  }
  atEnd(t, () => platform.close())
  return platform
}
