import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLog } from '../../src/platform/log.ts'
import { startEmbeddedPostgres } from '../../src/platform/postgres/embedded.ts'
import { atEnd } from '../../src/platform/testing/cleanup.ts'
import { createTestRandom } from '../../src/platform/testing/random.ts'
import { freePort } from '../support/free-port.ts'
import { createHonestClient } from '../support/honest-client.ts'
import { type NodeProcess, startNode } from '../support/node-process.ts'
import { type Person, register, roomOf } from '../support/person.ts'
import { checkTimeline, checkView } from './chat-history.ts'
import { startChatter, wholeTimeline } from './chatter.ts'

const kills = 50
const peoplePerRoom = 4
const roomCount = 2
const seed = Date.now() % 1_000_000

test('fifty times kill -9 of a node or of PostgreSQL, under load, loses and doubles nothing', {
  timeout: 280_000,
}, async (t) => {
  t.diagnostic(`seed ${seed}`)
  const random = createTestRandom(seed)
  const site = await startSite(t)
  const client = () => createHonestClient(site.urls, () => random.below(1000) / 1000)
  const setUp = client()
  const rooms: { roomId: string; people: Person[] }[] = []
  for (let r = 0; r < roomCount; r++) {
    const people: Person[] = []
    for (let p = 0; p < peoplePerRoom; p++) people.push(await register(setUp, `person-${r}-${p}`))
    rooms.push({ roomId: await roomOf(setUp, people), people })
  }
  const chatters = await Promise.all(
    rooms.flatMap(({ roomId, people }) =>
      people.map(async (person) => ({ roomId, chatter: await startChatter(client(), person, roomId, 15) })),
    ),
  )

  for (let k = 0; k < kills; k++) {
    await sleep(200 + random.below(900))
    await site.kill(random.below(3))
  }
  await sleep(1000)

  for (const { chatter } of chatters) await chatter.stopWriting()
  let count = 0
  for (const { roomId, people } of rooms) {
    const [reader] = people
    const own = chatters.filter((entry) => entry.roomId === roomId).map(({ chatter }) => chatter)
    const timeline = reader ? await wholeTimeline(setUp, reader, roomId) : []
    checkTimeline(
      roomId,
      timeline,
      own.flatMap(({ acknowledged }) => acknowledged),
    )
    const ids = timeline.map(({ eventId }) => eventId)
    for (const chatter of own) {
      await chatter.finish(ids.at(-1) ?? '')
      checkView(chatter.person.userId, chatter.seen, ids)
    }
    count += ids.length
  }
  t.diagnostic(`${count} messages, ${kills} kills`)
})

/** Two nodes and a PostgreSQL of their own, fsync on. `kill` ends one of the three without warning and starts it again. */
async function startSite(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'dure-drill-'))
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), log: createLog('silent') })
  const ports = [await freePort(), await freePort()]
  const start = (index: number) =>
    startNode({
      DURE_DATABASE_URL: postgres.url,
      DURE_PORT: String(ports[index]),
      DURE_NODE: `node-${index}`,
      DURE_LOG: 'error',
    })
  const nodes: (NodeProcess | undefined)[] = []
  for (const index of ports.keys()) nodes[index] = await start(index)
  const restarts = new Set<Promise<void>>()
  atEnd(t, async () => {
    await Promise.all(restarts)
    for (const node of nodes) await node?.end()
    await postgres.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function restart(index: number): Promise<void> {
    // PostgreSQL may be killed while the node starts: then the node says so and ends, as a service manager expects.
    while (nodes[index] === undefined) nodes[index] = await start(index).catch(() => undefined)
  }

  return {
    urls: ports.map((port) => `http://127.0.0.1:${port}`),
    async kill(which: number): Promise<void> {
      const node = nodes[which]
      if (which === ports.length) {
        process.kill(postgres.pid, 'SIGKILL')
      } else if (node) {
        nodes[which] = undefined
        await node.end('SIGKILL')
        const restarting = restart(which).finally(() => restarts.delete(restarting))
        restarts.add(restarting)
      }
    },
  }
}
