import { parseArgs } from 'node:util'
import { type Person, roomOf, sync } from '../../test/support/person.ts'
import { median, percentile, table } from '../statistics.ts'
import { type BenchSite, openBenchSite } from './bench-site.ts'
import { runChatLoad } from './chat-load.ts'
import { benchIdlePolls } from './idle-polls.ts'
import { benchLargeRoom } from './large-room.ts'

const usage = `options of "rooms":
  --seconds N   length of each chat run (default 10)
  --only PART   chat | initial | idle | large
  --polls N     idle long-polls (default 10000)
  --events N    events in the large room (default 100000)`

/** The messenger under load, load generator on the same machine. */
export async function benchRooms(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      seconds: { type: 'string', default: '10' },
      only: { type: 'string' },
      polls: { type: 'string', default: '10000' },
      events: { type: 'string', default: '100000' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return print(usage)
  const parts: Record<string, (site: BenchSite) => Promise<void>> = {
    chat: (site) => benchChat(site, Number(values.seconds)),
    initial: benchInitialSync,
    idle: (site) => benchIdlePolls(site, Number(values.polls), print),
    large: (site) => benchLargeRoom(site, Number(values.events), print),
  }
  for (const [name, run] of Object.entries(parts)) {
    if (values.only !== undefined && values.only !== name) continue
    const site = await openBenchSite()
    try {
      await run(site)
    } finally {
      await site.close()
    }
  }
}

async function benchChat(site: BenchSite, seconds: number): Promise<void> {
  print(
    '\nchat: 50 people long-polling, every message followed to every member (aim: 64 senders, rooms of 20: >= 800 sends/s, last member p99 <= 300 ms; 1 sender: last member p50 <= 10 ms)',
  )
  const people = await site.people(50)
  const rows: (string | number)[][] = [
    [
      'members',
      'senders',
      'sends/s',
      'send p50',
      'p99 ms',
      'last member p50',
      'p99 ms',
      'missing',
      'doubled',
      'reordered',
      'server cpu s/1000',
      'database cpu s/1000',
      'server MiB',
    ],
  ]
  for (const size of [2, 20, 50]) {
    const rooms = await roomsOfSize(site, people, size)
    for (const senders of [1, 16, 64]) {
      const before = site.usage()
      const run = await runChatLoad(site.http, { rooms, people, senders, seconds })
      const after = site.usage()
      const perThousand = (from: number, to: number) => ((to - from) / run.sent) * 1000
      rows.push([
        String(size),
        String(senders),
        run.sent / run.seconds,
        percentile(run.sendMs, 0.5),
        percentile(run.sendMs, 0.99),
        percentile(run.deliveryMs, 0.5),
        percentile(run.deliveryMs, 0.99),
        String(run.missing),
        String(run.duplicated),
        String(run.reordered),
        perThousand(before.serverCpu, after.serverCpu).toFixed(2),
        perThousand(before.databaseCpu, after.databaseCpu).toFixed(2),
        after.serverMiB,
      ])
    }
  }
  print(table(rows))
}

/** Rooms in which everybody is in about as many as anybody else. */
export async function roomsOfSize(
  { http }: Pick<BenchSite, 'http'>,
  people: readonly Person[],
  size: number,
) {
  const count = size === people.length ? 5 : 25
  const rooms = []
  for (let i = 0; i < count; i++) {
    const members = Array.from({ length: size }, (_, k) => people[(i * 2 + k) % people.length]).filter(
      (person) => person !== undefined,
    )
    rooms.push({ roomId: await roomOf(http, members), members })
  }
  return rooms
}

async function benchInitialSync(site: BenchSite): Promise<void> {
  const people = await site.people(10)
  const [reader] = people
  if (!reader) return
  for (let i = 0; i < 50; i++) await roomOf(site.http, people, { name: `room ${i}` })
  const times: number[] = []
  for (let i = 0; i < 30; i++) {
    const startedAt = performance.now()
    await sync(site.http, reader)
    times.push(performance.now() - startedAt)
  }
  print(
    `\ninitial sync of 50 rooms of 10: first ${times[0]?.toFixed(0)} ms, median ${median(times).toFixed(0)} ms, p99 ${percentile(times, 0.99).toFixed(0)} ms (aim <= 60 ms)`,
  )
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
