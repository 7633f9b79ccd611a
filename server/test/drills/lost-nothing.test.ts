import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startLoad } from '../../drill/load/load.ts'
import { createTestRandom } from '../../src/platform/testing/random.ts'
import { startTwoNodes } from '../support/two-nodes.ts'

const kills = 50
const seed = Date.now() % 1_000_000

test('fifty times kill -9 of a node or of PostgreSQL, under load, loses and doubles nothing', {
  timeout: 280_000,
}, async (t) => {
  t.diagnostic(`seed ${seed}`)
  const random = createTestRandom(seed)
  const nodes = await startTwoNodes(t)
  const load = await startLoad({
    sites: nodes.urls.map((url, i) => ({ name: `node-${i + 1}`, url })),
    seed,
    people: 10,
    sendsPerSecond: 40,
    log: (line) => t.diagnostic(line),
  })
  t.after(() => load.stop())
  await load.mark('kills')

  const restarts: Promise<void>[] = []
  let killed = 0
  while (killed < kills) {
    await sleep(200 + random.below(900))
    const victim = random.below(3)
    // One that is down already cannot be killed again; only real kills count.
    if (victim === 2) killed += nodes.killPostgres() ? 1 : 0
    else if (nodes.isUp(victim === 0 ? 0 : 1)) {
      killed++
      restarts.push(nodes.restart(victim === 0 ? 0 : 1, 'SIGKILL'))
    }
  }
  await Promise.all(restarts)
  await load.settle()

  assert.deepEqual(await load.verify(), [])
  const { sends, outageS } = await load.window()
  t.diagnostic(
    `${sends.acknowledged} sends, ${killed} kills, longest time without a successful send ${outageS} s`,
  )
  assert(sends.acknowledged > kills, 'the load was there all the time')
})
