import { randomUUID } from 'node:crypto'
import { Registry } from 'prom-client'
import { systemClock } from '../../src/platform/clock.ts'
import type { Database } from '../../src/platform/db/database.ts'
import { sql } from '../../src/platform/db/sql.ts'
import { createLog } from '../../src/platform/log.ts'
import { createLedger, type LedgerService } from '../../src/services/ledger/service.ts'
import { openStep, signer, transferStep } from '../../src/services/ledger/testing.ts'
import { openBenchDatabase } from '../database.ts'
import { median, percentile, table } from '../statistics.ts'

const payers = 100_000
const hot = 'merchant'

/**
 * Transfers a second through the ledger's core: no HTTP. 100,000 payers, all to one hot merchant account or to each other;
 * each of those in flight waits for its answer before it sends again. Beside it, in the same run, what the same transfer
 * costs as a transaction of its own, by the same number of connections, without journal chain or idempotency.
 *
 *     npm run bench -- ledger [seconds per line]
 */
export async function benchLedger(options: readonly string[]): Promise<void> {
  const seconds = Number(options[0] ?? 3)
  await using site = await openBenchDatabase()
  const { db } = site
  const log = createLog('silent')
  const ledger = createLedger({ db, clock: systemClock, log, metrics: new Registry(), signer })
  await openAccounts(ledger)
  const rows: (string | number)[][] = [
    ['in flight', 'payees', 'ledger/s', 'p50 ms', 'p99 ms', 'one by one/s', 'p50 ms', 'p99 ms', 'times'],
  ]
  await preparePlain(db)
  for (const inFlight of [1, 16, 64, 256])
    for (const spread of [false, true]) {
      const ours = await measure(inFlight, seconds, spread, (from, to) =>
        ledger.post({ scope: 'bench', id: randomUUID(), steps: [transferStep(from, to, 1n)] }),
      )
      const plain = await measure(inFlight, seconds, spread, (from, to) => transferPlainly(db, from, to))
      const payees = spread ? '100,000' : 'one hot'
      rows.push([String(inFlight), payees, ...ours, ...plain, (ours[0] ?? 0) / (plain[0] ?? 1)])
    }
  process.stdout.write(`${table(rows)}\n\n${published}\n`)
  await finish(ledger)
}

const published = `Published, on other machines and with other guarantees:
  Formance Ledger       about 1,000 transactions/s per ledger
  Mojaloop              2,000 transfers/s on 144 virtual processors
  TigerBeetle           48,000 transfers/s measured independently, designed for 1,000,000`

async function openAccounts(ledger: LedgerService): Promise<void> {
  const ids = [hot, ...Array.from({ length: payers }, (_, index) => payerOf(index))]
  const opened: Promise<unknown>[] = []
  for (let first = 0; first < ids.length; first += 32)
    opened.push(
      ledger.post({
        scope: 'bench',
        id: `open ${first}`,
        steps: ids.slice(first, first + 32).map((id) => openStep(id, { floor: -1_000_000_000n })),
      }),
    )
  await Promise.all(opened)
}

function payerOf(index: number): string {
  return `wallet/@person-${index}:dure.test`
}

async function measure(
  inFlight: number,
  seconds: number,
  spread: boolean,
  transfer: (from: string, to: string) => Promise<unknown>,
): Promise<number[]> {
  const latencies: number[] = []
  const startedAt = performance.now()
  const until = startedAt + seconds * 1000
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (performance.now() < until) {
        const from = Math.floor(Math.random() * payers)
        const to = spread ? payerOf((from + 1 + Math.floor(Math.random() * (payers - 1))) % payers) : hot
        const sentAt = performance.now()
        await transfer(payerOf(from), to)
        latencies.push(performance.now() - sentAt)
      }
    }),
  )
  const elapsedSeconds = (performance.now() - startedAt) / 1000
  return [latencies.length / elapsedSeconds, median(latencies), percentile(latencies, 0.99)]
}

async function preparePlain(db: Database): Promise<void> {
  await db.transaction((tx) =>
    tx.script(`
      create schema plain;
      create table plain.account (id text primary key, balance bigint not null) with (fillfactor = 70);
      create table plain.transfer (id text primary key, payer text not null, payee text not null, amount bigint not null);
      create table plain.posting (account text, number bigserial, amount bigint, balance bigint, primary key (account, number));
      insert into plain.account select id, 0 from ledger.account;
      analyze;`),
  )
}

/** A transfer as it is usually written: lock, insert, update, commit. All statements of it in two round trips. */
async function transferPlainly(db: Database, from: string, to: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.rows(
      sql`select id from plain.account where id = any(${[from, to]}) order by id for no key update`,
    )
    await Promise.all([
      tx.run(sql`insert into plain.transfer values (${randomUUID()}, ${from}, ${to}, 1)`),
      tx.run(sql`
        with payer as (update plain.account set balance = balance - 1 where id = ${from} returning id, balance)
        insert into plain.posting (account, amount, balance) select id, -1, balance from payer`),
      tx.run(sql`
        with payee as (update plain.account set balance = balance + 1 where id = ${to} returning id, balance)
        insert into plain.posting (account, amount, balance) select id, 1, balance from payee`),
    ])
  })
}

/** What was measured must also be right. */
async function finish(ledger: LedgerService): Promise<void> {
  const startedAt = performance.now()
  await ledger.check()
  const { entries, findings } = await ledger.verify()
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  process.stdout.write(
    `\nSealed and verified ${entries} entries in ${seconds} s: ${findings.length === 0 ? 'the books are right' : findings.join('; ')}\n`,
  )
  if (findings.length > 0) process.exitCode = 1
}
