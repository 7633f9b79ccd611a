import assert from 'node:assert/strict'
import { type Person, roomOf, sendText, sync } from '../../test/support/person.ts'
import { type BenchSite, openBenchSite } from '../rooms/bench-site.ts'
import { median, percentile, table } from '../statistics.ts'

const roomCount = 1000
const rounds = 300
const path = '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync'

/** What Element X asks for when it starts: the top of the list, no spaces, the state that a list of rooms shows. */
function bodyWith(to: number) {
  return {
    conn_id: 'room-list',
    lists: {
      all_rooms: {
        ranges: [[0, to]],
        timeline_limit: 1,
        required_state: [
          ['m.room.name', ''],
          ['m.room.encryption', ''],
          ['m.room.member', '$LAZY'],
          ['m.room.member', '$ME'],
          ['m.room.topic', ''],
          ['m.room.avatar', ''],
          ['m.room.canonical_alias', ''],
          ['m.room.power_levels', ''],
          ['m.room.create', ''],
        ],
        filters: { not_room_types: ['m.space'] },
      },
    },
    extensions: {
      account_data: { enabled: true },
      receipts: { enabled: true, rooms: ['*'] },
      typing: { enabled: true, rooms: ['*'] },
      to_device: { enabled: true },
      e2ee: { enabled: true },
    },
  }
}

/** Sliding sync of somebody in 1,000 rooms of two, load generator on the same machine; beside it what /sync takes. */
export async function benchSlidingSync(): Promise<void> {
  const site = await openBenchSite()
  try {
    const [reader, writer] = await site.people(2)
    assert(reader && writer)
    const roomIds = await manyRooms(site, reader, writer)
    await measure(site, reader, writer, roomIds)
  } finally {
    await site.close()
  }
}

async function manyRooms(site: BenchSite, reader: Person, writer: Person): Promise<string[]> {
  const roomIds: string[] = []
  while (roomIds.length < roomCount) {
    const batch = Array.from({ length: 10 }, (_, n) =>
      roomOf(site.http, [writer, reader], { name: `Room ${roomIds.length + n}` }),
    )
    roomIds.push(...(await Promise.all(batch)))
  }
  for (const [n, roomId] of roomIds.entries()) await sendText(site.http, writer, roomId, `first-${n}`, {})
  return roomIds
}

async function measure(site: BenchSite, reader: Person, writer: Person, roomIds: string[]): Promise<void> {
  const ask = async (to: number, pos?: string, timeoutMs = 0) => {
    const startedAt = performance.now()
    const url = pos === undefined ? path : `${path}?pos=${encodeURIComponent(pos)}&timeout=${timeoutMs}`
    const answer = await site.http.send('POST', url, { token: reader.token, body: bodyWith(to) })
    const ms = performance.now() - startedAt
    assert.equal(answer.status, 200, answer.text)
    return { ms, ...answer.json<{ pos: string; rooms: object }>() }
  }
  const many = async (count: number, one: (n: number) => Promise<number>) => {
    const times: number[] = []
    for (let n = 0; n < count; n++) times.push(await one(n))
    return times
  }
  const rows: (string | number)[][] = [['what', 'p50 ms', 'p99 ms', 'aim']]
  const add = (what: string, times: readonly number[], aim: string) =>
    rows.push([what, median(times), percentile(times, 0.99), aim])

  add('very first answer of the node, 20 rooms', [(await ask(19)).ms], '')
  add('first answer, 20 rooms', await many(rounds, async () => (await ask(19)).ms), '<= 80')
  add('first answer, all 1,000 rooms', await many(10, async () => (await ask(roomCount)).ms), '')
  for (const to of [19, roomCount]) {
    let { pos } = await ask(to)
    const next = async (timeoutMs = 0) => {
      const answer = await ask(to, pos, timeoutMs)
      pos = answer.pos
      return answer
    }
    const range = to === 19 ? '20 rooms' : 'all rooms'
    add(`idle increment, ${range}`, await many(rounds, async () => (await next()).ms), '<= 10')
    const oneMessage = async (n: number) => {
      await sendText(site.http, writer, roomIds[(n * 7) % roomCount] ?? '', `news-${to}-${n}`, {})
      // The node may be about to read the message when it is asked.
      const answer = await next(1000)
      assert.equal(Object.keys(answer.rooms).length, 1)
      return answer.ms
    }
    add(`one new message, ${range}`, await many(rounds, oneMessage), '')
  }
  const plain = async (since?: string) => {
    const startedAt = performance.now()
    const { next_batch: next } = await sync(
      site.http,
      reader,
      since === undefined ? {} : { since, timeoutMs: 0 },
    )
    return { ms: performance.now() - startedAt, next }
  }
  const { next } = await plain()
  add('/sync, first', await many(5, async () => (await plain()).ms), '')
  add('/sync, idle', await many(rounds, async () => (await plain(next)).ms), '')
  process.stdout.write(`\nsliding sync of a person in ${roomCount} rooms\n${table(rows)}\n`)
}
