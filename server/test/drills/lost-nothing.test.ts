import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTestRandom } from '../../src/platform/testing/random.ts'
import { createHonestClient } from '../support/honest-client.ts'
import { type Person, register, roomOf } from '../support/person.ts'
import { startTwoNodes } from '../support/two-nodes.ts'
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
  const site = await startTwoNodes(t)
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

  const restarts: Promise<void>[] = []
  let killed = 0
  while (killed < kills) {
    await sleep(200 + random.below(900))
    const victim = random.below(3)
    // One that is down already cannot be killed again; only real kills count.
    if (victim === 2) killed += site.killPostgres() ? 1 : 0
    else if (site.isUp(victim === 0 ? 0 : 1)) {
      killed++
      restarts.push(site.restart(victim === 0 ? 0 : 1, 'SIGKILL'))
    }
  }
  await Promise.all(restarts)
  await sleep(500)

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
  t.diagnostic(`${count} messages, ${killed} kills`)
})
