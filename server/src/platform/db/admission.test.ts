import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Registry } from 'prom-client'
import { systemClock } from '../clock.ts'
import { createLog } from '../log.ts'
import { systemRandom } from '../random.ts'
import { Outage } from '../refusal.ts'
import { atEnd } from '../testing/cleanup.ts'
import { testDatabase } from '../testing/database.ts'
import { parseConnectionUrl } from './connection-url.ts'
import { createDatabase } from './database.ts'
import { sql } from './sql.ts'

test('a hundred identical reads at once are one query, and each has rows of its own', async (t) => {
  const { db } = await testDatabase(t)
  await db.run(sql`create sequence public.asked`)
  // A function hides the sequence: the statement is a plain read, and every execution of it leaves a trace.
  await db.run(
    sql`create function public.ask() returns bigint language sql as 'select nextval(''public.asked'')'`,
  )
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => db.rows<{ n: number }>(sql`select public.ask() as n, ${'x'}::text`)),
  )
  assert.deepEqual(new Set(answers.map(([row]) => row?.n)), new Set([1]))
  assert.equal(new Set(answers.map(([row]) => row)).size, 100)
  const [other] = await db.rows<{ n: number }>(sql`select public.ask() as n, ${'y'}::text`)
  assert.equal(other?.n, 2)
})

test('whoever finds too many waiting is refused at once; the others get their turn', async (t) => {
  const { url } = await testDatabase(t)
  const metrics = new Registry()
  const db = createDatabase(
    { log: createLog('silent'), clock: systemClock, random: systemRandom, metrics },
    { url, poolSize: 1, waitingMax: 2, applicationName: 'test', outageWaitMs: 20_000 },
  )
  atEnd(t, () => db.close())
  const holding = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  const holder = db.transaction(async (tx) => {
    await tx.rows(sql`select 1 as one`)
    held.resolve()
    await holding.promise
  })
  await held.promise
  const waiting = [db.rows(sql`select 1 as n`), db.rows(sql`select 2 as n`)]
  await assert.rejects(db.rows(sql`select 3 as n`), Outage)
  const inStep = db.onPrimary(() => db.rows(sql`select 4 as n`))
  const text = await metrics.metrics()
  assert.match(text, /dure_database_waiting 3/)
  assert.match(text, /dure_database_refused_total 1/)
  holding.resolve()
  await holder
  assert.deepEqual(await Promise.all([...waiting, inStep]), [[{ n: 1 }], [{ n: 2 }], [{ n: 4 }]])
})

test('encryption of connections is asked for as libpq names it', () => {
  const sslOf = (query: string) => parseConnectionUrl(`postgres://a,b/dure${query}`).ssl
  assert.equal(sslOf(''), undefined)
  assert.deepEqual(sslOf('?sslmode=require'), { rejectUnauthorized: false })
  assert.deepEqual(sslOf('?sslmode=verify-full'), { rejectUnauthorized: true })
  assert.throws(() => sslOf('?sslmode=maybe'), /sslmode must be/)
})
