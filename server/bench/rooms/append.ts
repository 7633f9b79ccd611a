import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { Registry } from 'prom-client'
import { allMigrations } from '../../src/migrations.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { createDatabase } from '../../src/platform/db/database.ts'
import { migrate } from '../../src/platform/db/migrations.ts'
import { createJobs } from '../../src/platform/jobs.ts'
import { createLog } from '../../src/platform/log.ts'
import { systemRandom } from '../../src/platform/random.ts'
import { createSigningKey } from '../../src/platform/signed-json/signing.ts'
import { createBus } from '../../src/platform/stream/bus.ts'
import { createStream } from '../../src/platform/stream/stream.ts'
import { roomsSettings } from '../../src/services/rooms/config.ts'
import { createRooms, type RoomsService } from '../../src/services/rooms/service.ts'
import { foundingDrafts, member, message } from '../../src/services/rooms/testing.ts'
import { version } from '../../src/version.ts'
import { median, percentile, table } from '../statistics.ts'

/**
 * Events a second through `append` alone: no HTTP, no sync. Each sender waits for its answer before it sends again.
 * It needs a PostgreSQL server in DURE_BENCH_DATABASE_URL and makes a database of its own there.
 * Compare with the ceiling of the database, 16,500 rows/s in batches of 256 and 1,800/s one by one (2 cores, fsync on).
 */
export async function benchAppend(options: readonly string[]): Promise<void> {
  const seconds = Number(options[0] ?? 5)
  await using site = await openSite()
  const rows: (string | number)[][] = [
    ['senders', 'rooms', 'events/s', 'p50 ms', 'p99 ms', 'CPU ms per 1,000'],
  ]
  for (const [senders, rooms] of [
    [1, 1],
    [16, 4],
    [64, 1],
    [64, 16],
    [256, 64],
  ] as const) {
    rows.push([String(senders), String(rooms), ...(await measure(site.rooms, { senders, rooms, seconds }))])
  }
  process.stdout.write(`${table(rows)}\n`)
}

async function measure(
  service: RoomsService,
  { senders, rooms, seconds }: { senders: number; rooms: number; seconds: number },
): Promise<number[]> {
  const people = Array.from({ length: senders }, (_, index) => `@sender${index}:dure.test`)
  const roomIds = await Promise.all(Array.from({ length: rooms }, () => populate(service, people)))
  const latencies: number[] = []
  const session = randomUUID()
  const startedAt = performance.now()
  const until = startedAt + seconds * 1000
  const cpu = process.cpuUsage()
  await Promise.all(
    people.map(async (sender, index) => {
      const roomId = roomIds[index % rooms] ?? ''
      for (let count = 0; performance.now() < until; count++) {
        const sentAt = performance.now()
        await service.append({
          roomId,
          sender,
          drafts: [message(`message ${count} of a conversation about nothing in particular`)],
          transaction: { sessionId: session, txnId: `${index}.${count}`, scope: 'send/m.room.message' },
        })
        latencies.push(performance.now() - sentAt)
      }
    }),
  )
  const elapsedSeconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(cpu)
  const perSecond = latencies.length / elapsedSeconds
  return [perSecond, median(latencies), percentile(latencies, 0.99), (user + system) / latencies.length]
}

async function populate(service: RoomsService, people: readonly string[]): Promise<string> {
  const [creator = '', ...others] = people
  const { roomId } = await service.found({ version: '12', sender: creator, drafts: foundingDrafts(creator) })
  await Promise.all(
    others.map((person) => service.append({ roomId, sender: person, drafts: [member(person, 'join')] })),
  )
  return roomId
}

async function openSite() {
  const server = process.env['DURE_BENCH_DATABASE_URL']
  if (server === undefined) throw new Error('DURE_BENCH_DATABASE_URL must name a PostgreSQL server')
  const name = `bench_${randomUUID().replaceAll('-', '')}`
  const admin = new pg.Client({ connectionString: server })
  await admin.connect()
  await admin.query(`create database ${name} template template0`)
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).toString()
  const log = createLog('silent')
  const db = createDatabase(
    { log, clock: systemClock, random: systemRandom },
    { url, poolSize: 8, applicationName: 'bench', outageWaitMs: 2000 },
  )
  await migrate({ db, log }, await allMigrations(), version)
  const bus = createBus({ db, log, clock: systemClock })
  const stream = createStream({ db, bus, clock: systemClock, log }, { pollMs: 1000 })
  const metrics = new Registry()
  const platform = { db, bus, log, clock: systemClock, random: systemRandom, metrics }
  const rooms = createRooms({
    ...platform,
    stream,
    jobs: createJobs(platform),
    signer: { serverName: 'dure.test', key: createSigningKey('bench', new Uint8Array(32).fill(7)) },
    accountData: { ignoredUsers: async () => new Set() },
    settings: defaults(roomsSettings),
  })
  await bus.start()
  await stream.start()
  return {
    rooms,
    async [Symbol.asyncDispose]() {
      await rooms.close()
      await stream.close()
      await bus.close()
      await db.close()
      await admin.query(`drop database ${name} with (force)`)
      await admin.end()
    },
  }
}

function defaults<Slice extends Record<string, { fallback: unknown }>>(slice: Slice) {
  // Each value keeps the type of its own setting.
  return Object.fromEntries(Object.entries(slice).map(([name, { fallback }]) => [name, fallback])) as {
    [K in keyof Slice]: Slice[K]['fallback']
  }
}
