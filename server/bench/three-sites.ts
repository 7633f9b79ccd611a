import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runEnclosed, settleIn } from '../drill/enclosure.ts'
import { networkImpossible } from '../drill/world/network.ts'
import { findTools } from '../drill/world/tools.ts'
import { createWorld } from '../drill/world/world.ts'
import { createHttpClient, type HttpClient } from '../test/support/http-client.ts'
import { cpuSeconds, familyOf } from './process-usage.ts'
import { openBenchSite, registerPeople } from './rooms/bench-site.ts'
import { runChatLoad } from './rooms/chat-load.ts'
import { roomsOfSize } from './rooms/rooms.ts'
import { median, percentile, table } from './statistics.ts'

const enclosedWord = '--enclosed'
const usage = `options of "three-sites":
  --seconds N   length of each run (default 8)
  --rounds N    runs of each kind, in turn (default 3)
  --delay MS    between sites, one way (default 1)
  --loopback    without links of their own: no delay, and no switch that takes part of a core for every packet`

/**
 * What it costs that a commit is on disk in two sites: the messenger on three sites of this machine, beside one node on the same
 * machine, in turn. The sites share its cores, so that what they do three times - following, answering polls - is paid here too.
 */
export async function benchThreeSites(words: readonly string[]): Promise<void> {
  const impossible = networkImpossible()
  if (impossible !== undefined) throw new Error(`three sites cannot stand here: ${impossible}`)
  if (words[0] !== enclosedWord) {
    await findTools(print)
    process.exitCode = await runEnclosed([
      `${import.meta.dirname}/main.ts`,
      'three-sites',
      enclosedWord,
      ...words,
    ])
    return
  }
  const { values } = parseArgs({
    args: [...words.slice(1)],
    options: {
      seconds: { type: 'string', default: '8' },
      rounds: { type: 'string', default: '3' },
      delay: { type: 'string', default: '1' },
      loopback: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return print(usage)
  settleIn()
  const { loopback } = values
  const delayMs = loopback ? 0 : Number(values.delay)
  const options = { seconds: Number(values.seconds), rounds: Number(values.rounds), delayMs, loopback }
  const one = await measureOneNode(options)
  const three = await measureThreeSites(options)
  report(one, three, options)
}

type Options = { seconds: number; rounds: number; delayMs: number; loopback: boolean }
type Figures = {
  perS: number[]
  /** CPU that a send costs at the site where it costs most: node, database and what leads them. */
  cpuMs: number[]
  sendMs: number[]
  deliveryMs: number[]
  wrong: number
}
/** CPU seconds that each site has used so far. */
type Usage = () => number[]
/** By the number of senders. */
type Measured = Map<number, Figures>

const people = 50
const roomSize = 20
const senders = [1, 16, 64]

async function measureOneNode(options: Options): Promise<Measured> {
  const site = await openBenchSite()
  try {
    return await measure(site.http, options, () => {
      const { serverCpu, databaseCpu } = site.usage()
      return [serverCpu + databaseCpu]
    })
  } finally {
    await site.close()
  }
}

async function measureThreeSites(options: Options): Promise<Measured> {
  const { delayMs, loopback } = options
  const folder = mkdtempSync(join(tmpdir(), 'dure-bench-sites-'))
  chmodSync(folder, 0o755)
  const tools = await findTools(print)
  const world = await createWorld({
    tools,
    folder,
    delayMs,
    clientDelayMs: 0,
    loopback,
    nodeEnvironment: {
      DURE_DEV: '1',
      DURE_RATE_LIMITS: 'off',
      DURE_LOG: 'warn',
      DURE_CORE_DATABASE_POOL_SIZE: '20',
    },
  })
  const clients = world.sites.map(({ url }) => createHttpClient(url))
  try {
    return await measure(spread(clients), options, () =>
      world.sites.map(({ name }) => {
        // On loopback addresses processes are known by their environment, which PostgreSQL's overwrite with their titles.
        const processes = new Set(world.network.processesOf(name).flatMap(familyOf))
        return [...processes].reduce((sum, pid) => sum + cpuSeconds(pid), 0)
      }),
    )
  } finally {
    for (const client of clients) client.close()
    await world.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Each person is at home at one of the sites. */
function spread(clients: readonly HttpClient[]): HttpClient {
  const homes = new Map<string, HttpClient>()
  return {
    send(method, path, options) {
      const token = options?.token ?? ''
      const home = homes.get(token) ?? clients[homes.size % clients.length]
      if (!home) throw new Error('there are no sites')
      homes.set(token, home)
      return home.send(method, path, options)
    },
    close: () => undefined,
  }
}

async function measure(http: HttpClient, { seconds, rounds }: Options, usage: Usage): Promise<Measured> {
  const everybody = await registerPeople(http, 0, people)
  const rooms = await roomsOfSize({ http }, everybody, roomSize)
  const measured: Measured = new Map(
    senders.map((count) => [count, { perS: [], cpuMs: [], sendMs: [], deliveryMs: [], wrong: 0 }]),
  )
  await runChatLoad(http, { rooms, people: everybody, senders: 16, seconds: 2 })
  for (let round = 0; round < rounds; round++) {
    for (const [count, figures] of measured) {
      const before = usage()
      const run = await runChatLoad(http, { rooms, people: everybody, senders: count, seconds })
      const used = usage().map((cpuS, site) => cpuS - (before[site] ?? 0))
      figures.perS.push(run.sent / run.seconds)
      figures.cpuMs.push((Math.max(...used) / run.sent) * 1000)
      figures.sendMs.push(...run.sendMs)
      figures.deliveryMs.push(...run.deliveryMs)
      figures.wrong += run.missing + run.duplicated + run.reordered
    }
  }
  return measured
}

function report(one: Measured, three: Measured, { delayMs, loopback }: Options): void {
  const between = loopback ? 'on loopback addresses' : `with ${delayMs} ms between them, one way`
  print(
    `\nchat in rooms of ${roomSize}, ${people} people long-polling: one node, and three sites ${between} (aim: three sites carry >= 60 %)`,
  )
  const row = (
    name: string,
    count: number,
    { perS, cpuMs, sendMs, deliveryMs, wrong }: Figures,
    ratios: [string, string],
  ) => [
    String(count),
    name,
    median(perS),
    median(cpuMs),
    percentile(sendMs, 0.5),
    percentile(sendMs, 0.99),
    percentile(deliveryMs, 0.5),
    percentile(deliveryMs, 0.99),
    String(wrong),
    ...ratios,
  ]
  const rows: (string | number)[][] = [
    [
      ...['senders', 'where', 'sends/s', 'CPU ms/send', 'send p50', 'p99 ms', 'last member p50', 'p99 ms'],
      ...['wrong', 'carries here', 'by CPU'],
    ],
  ]
  for (const [count, figures] of one) {
    const sites = three.get(count) ?? figures
    const percent = (ratio: number) => `${(ratio * 100).toFixed(0)} %`
    const carries = percent(median(sites.perS) / median(figures.perS))
    const byCpu = percent(median(figures.cpuMs) / median(sites.cpuMs))
    rows.push(row('one node', count, figures, ['', '']), row('three sites', count, sites, [carries, byCpu]))
  }
  print(table(rows))
  print(
    'CPU ms/send: of the site that pays most, and of the one node. "By CPU" is what three machines like this one would carry.',
  )
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
