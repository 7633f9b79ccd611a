import { randomUUID } from 'node:crypto'
import type { Answer } from '../../test/support/http-client.ts'
import { openShop } from '../../test/support/shop.ts'
import { type BenchSite, openBenchSite } from '../rooms/bench-site.ts'
import { median, percentile, table } from '../statistics.ts'

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
      [
        'in flight',
        'shops',
        'payments/s',
        'request p50 ms',
        'p99 ms',
        'server cpu s/1000',
        'database cpu s/1000',
      ],
    ]
    const ratios: string[] = []
    await measure(site, keys, { inFlight: 64, seconds: 2 })
    for (const inFlight of [1, 16, 64, 256]) {
      const rates: number[] = []
      for (const used of [keys.slice(0, 1), keys]) {
        const before = site.usage()
        const run = await measure(site, used, { inFlight, seconds })
        const after = site.usage()
        const perThousand = (from: number, to: number) => ((to - from) / run.payments) * 1000
        rates.push(run.payments / run.seconds)
        rows.push([
          String(inFlight),
          used.length === 1 ? 'one hot' : String(shops),
          run.payments / run.seconds,
          median(run.latencies),
          percentile(run.latencies, 0.99),
          perThousand(before.serverCpu, after.serverCpu),
          perThousand(before.databaseCpu, after.databaseCpu),
        ])
      }
      ratios.push(`${inFlight}: ${((rates[0] ?? 0) / (rates[1] ?? 1)).toFixed(2)}`)
    }
    process.stdout.write(`${table(rows)}\n\nhot/spread by how many are in flight  ${ratios.join('  ')}\n`)
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
  { http }: BenchSite,
  keys: readonly string[],
  { inFlight, seconds }: { inFlight: number; seconds: number },
): Promise<Run> {
  const latencies: number[] = []
  let payments = 0

  async function post(key: string, path: string, body: Buffer): Promise<Answer> {
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(body.length),
      'idempotency-key': randomUUID(),
    }
    const sentAt = performance.now()
    const answer = await http.send('POST', path, { headers, body })
    latencies.push(performance.now() - sentAt)
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`)
    return answer
  }

  const startedAt = performance.now()
  const until = startedAt + seconds * 1000
  await Promise.all(
    Array.from({ length: inFlight }, async (_, client) => {
      for (let count = client; performance.now() < until; count++) {
        const key = keys[count % keys.length] ?? ''
        const held = await post(key, '/v1/payment_intents', setAside)
        const { id } = held.json<{ id: string }>()
        await post(key, `/v1/payment_intents/${id}/capture`, take)
        payments += 1
      }
    }),
  )
  return { payments, seconds: (performance.now() - startedAt) / 1000, latencies }
}

const setAside = Buffer.from(
  `amount=${amount}&currency=krw&payment_method=pm_test_wallet&confirm=true&capture_method=manual`,
)
const take = Buffer.from(`amount_to_capture=${amount}`)
