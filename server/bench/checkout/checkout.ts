import { randomUUID } from 'node:crypto'
import { openShop } from '../../test/support/shop.ts'
import { cpuSeconds } from '../process-usage.ts'
import { type BenchSite, openBenchSite } from '../rooms/bench-site.ts'
import { median, percentile, table } from '../statistics.ts'
import { type BriefAnswer, connect } from './connection.ts'

const shops = 64
const amount = 1_000

/**
 * Payments a second over HTTP, each of two requests in the shape of Stripe's: money is set aside, then taken. All for one shop, or
 * spread over many. Keys and their answers, events and the ledger's journal are written as in earnest; fsync is on. Whoever pays is
 * the payment method for tests, whose one wallet is as hot as the one shop. Load generator on the same machine.
 *
 *     npm run bench -- checkout [seconds per line]
 */
export async function benchCheckout(options: readonly string[]): Promise<void> {
  const seconds = Number(options[0] ?? 5)
  const site = await openBenchSite()
  try {
    const keys = await openShops(site)
    const rows: (string | number)[][] = [
      ['in flight', 'shops', 'payments/s', 'p50 ms', 'p99 ms', 'node', 'database', 'load'],
    ]
    const ratios: string[] = []
    await measure(site, keys, { inFlight: 64, seconds: 2 })
    await site.analyze()
    for (const inFlight of [1, 16, 64, 256]) {
      const rates: number[] = []
      for (const used of [keys.slice(0, 1), keys]) {
        const before = site.usage()
        const loadBefore = cpuSeconds(process.pid)
        const run = await measure(site, used, { inFlight, seconds })
        const after = site.usage()
        const each = (from: number, to: number) => (((to - from) / run.payments) * 1000).toFixed(2)
        rates.push(run.payments / run.seconds)
        rows.push([
          String(inFlight),
          used.length === 1 ? 'one hot' : String(shops),
          run.payments / run.seconds,
          median(run.latencies),
          percentile(run.latencies, 0.99),
          each(before.serverCpu, after.serverCpu),
          each(before.databaseCpu, after.databaseCpu),
          each(loadBefore, cpuSeconds(process.pid)),
        ])
      }
      ratios.push(`${inFlight}: ${((rates[0] ?? 0) / (rates[1] ?? 1)).toFixed(2)}`)
    }
    process.stdout.write(
      `${table(rows)}\n\np50 and p99 of a request; node, database and load generator: CPU milliseconds for each payment\nhot/spread by how many are in flight  ${ratios.join('  ')}\n`,
    )
  } finally {
    await site.close()
  }
}

async function openShops({ http, people }: BenchSite): Promise<string[]> {
  // A person has at most fifty shops.
  const owners = await people(2)
  const opened = await Promise.all(
    Array.from({ length: shops }, (_, index) => {
      const owner = owners[index % owners.length]
      if (!owner) throw new Error('nobody owns the shop')
      return openShop(http, owner)
    }),
  )
  return opened.map(({ secretKey }) => secretKey)
}

type Run = { payments: number; seconds: number; latencies: number[] }

async function measure(
  { node }: BenchSite,
  keys: readonly string[],
  { inFlight, seconds }: { inFlight: number; seconds: number },
): Promise<Run> {
  const latencies: number[] = []
  let payments = 0
  const connections = await Promise.all(Array.from({ length: inFlight }, () => connect(node.url)))

  async function timed(path: string, asking: Promise<BriefAnswer>): Promise<string> {
    const sentAt = performance.now()
    const { status, body } = await asking
    latencies.push(performance.now() - sentAt)
    if (status !== 200) throw new Error(`${path}: ${status} ${body}`)
    return body
  }

  const startedAt = performance.now()
  const until = startedAt + seconds * 1000
  await Promise.all(
    connections.map(async (connection, client) => {
      for (let count = client; performance.now() < until; count++) {
        const key = keys[count % keys.length] ?? ''
        const held = await timed(hold, connection.post(hold, headersFor(key), setAside))
        const path = `${hold}/${/"id":"(pi_\w+)"/.exec(held)?.[1]}/capture`
        await timed(path, connection.post(path, headersFor(key), take))
        payments += 1
      }
    }),
  )
  for (const connection of connections) connection.close()
  return { payments, seconds: (performance.now() - startedAt) / 1000, latencies }
}

function headersFor(key: string): string {
  return `authorization: Bearer ${key}\r\ncontent-type: application/x-www-form-urlencoded\r\nidempotency-key: ${randomUUID()}\r\n`
}

const hold = '/v1/payment_intents'
const setAside = `amount=${amount}&currency=krw&payment_method=pm_test_wallet&confirm=true&capture_method=manual`
const take = `amount_to_capture=${amount}`
