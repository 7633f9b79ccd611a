import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { Registry } from 'prom-client'
import { systemClock } from '../clock.ts'
import { createLog } from '../log.ts'
import { systemRandom } from '../random.ts'
import { Outage } from '../refusal.ts'
import { atEnd } from '../testing/cleanup.ts'
import { type PostgresHost, replicatedPostgres } from '../testing/replicated-postgres.ts'
import { until } from '../testing/until.ts'
import { vanishingLink } from '../testing/vanishing-link.ts'
import { parseConnectionUrl } from './connection-url.ts'
import { createDatabase, type Database } from './database.ts'
import { createSession } from './session.ts'
import { sql } from './sql.ts'

const outageWaitMs = 6000

function open(
  t: TestContext,
  url: string,
  given: { outageWaitMs?: number; answerMaxMs?: number; metrics?: Registry } = {},
): Database {
  const { metrics = new Registry(), ...options } = given
  const db = createDatabase(
    { log: createLog('silent'), clock: systemClock, random: systemRandom, metrics },
    { url, poolSize: 4, applicationName: 'test', outageWaitMs, ...options },
  )
  atEnd(t, () => db.close())
  return db
}

async function prepare(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.run(sql`create schema platform`)
    await tx.run(sql`create table platform.stream_topic (position bigint not null)`)
    await tx.run(sql`insert into platform.stream_topic values (7)`)
    await tx.run(sql`create table public.note (id int primary key)`)
  })
  db.committed(7)
}

test('a primary that vanishes without a word is left as soon as another is promoted', async (t) => {
  const { primary, standby, url } = await replicatedPostgres(t)
  const link = await vanishingLink(t, primary.port)
  const metrics = new Registry()
  const db = open(t, url(link.port, standby.port), { metrics })
  await prepare(db)
  await sleep(300)
  const listener = await db.connect()
  const listenerEnded = new Promise((resolve) => listener.once('end', resolve))
  link.cut()
  // In flight on a dead connection: a transaction before its commit is run again elsewhere, a read is repeated.
  const write = db.transaction((tx) => tx.run(sql`insert into public.note values (1)`))
  const read = db.rows(sql`select 1 as one`)
  await sleep(2000)
  await standby.promote()
  const promotedAt = performance.now()
  assert.equal(await write, 1)
  const tookMs = performance.now() - promotedAt
  assert.deepEqual(await read, [{ one: 1 }])
  await listenerEnded
  t.diagnostic(`written ${Math.round(tookMs)} ms after the promotion`)
  assert(tookMs < 1000, `${tookMs}`)
  assert.match(await metrics.metrics(), /dure_database_failovers_total 1/)
  // The old primary answers again and still believes to be one: nobody goes back to the lower timeline.
  link.heal()
  await sleep(800)
  const [row] = await db.rows<{ recovered: boolean }>(sql`select count(*) = 1 as recovered from public.note`)
  assert.equal(row?.recovered, true)
})

test('without a primary a standby that has every known position answers reads, and writes wait', async (t) => {
  const { primary, standby, url } = await replicatedPostgres(t)
  const db = open(t, url(primary.port, standby.port), { outageWaitMs: 2500 })
  await prepare(db)
  const other = await standby.admin()
  await until(
    async () => (await other.query("select to_regclass('public.note') is not null as there")).rows[0]?.there,
  )
  await other.end()
  await primary.kill()
  assert.deepEqual(await db.rows(sql`select count(*) as notes from public.note`), [{ notes: 0 }])
  assert.equal(db.state(), 'read-only')
  await assert.rejects(db.run(sql`insert into public.note values (1)`), Outage)
  await assert.rejects(
    db.onPrimary(() => db.rows(sql`select 1 as one`)),
    Outage,
  )
  await standby.promote()
  assert.equal(await db.run(sql`insert into public.note values (1)`), 1)
  assert.equal(db.state(), 'writable')
})

test('a standby that lacks a position this node has seen is not read from', async (t) => {
  const { primary, standby, url } = await replicatedPostgres(t)
  const db = open(t, url(primary.port, standby.port), { outageWaitMs: 2000 })
  await prepare(db)
  db.committed(8)
  await primary.kill()
  await assert.rejects(db.rows(sql`select 1 as one`), Outage)
  assert.equal(db.state(), 'away')
})

test('what may be repeated is run again when the answer to its commit was lost; anything else is an outage', async (t) => {
  const { primary, standby, url } = await replicatedPostgres(t)
  const db = open(t, url(primary.port, standby.port))
  await prepare(db)
  const admin = await primary.admin()
  admin.on('error', () => undefined)
  await nobodyConfirms(primary, admin)
  const write = (id: number) => () =>
    db.transaction((tx) => tx.run(sql`insert into public.note values (${id}) on conflict do nothing`))
  const outcomes = Promise.allSettled([db.repeatable(write(1)), write(2)()])
  await until(async () => (await admin.query(waiting)).rowCount === 2)
  await primary.kill()
  await standby.promote()
  const [repeated, once] = await outcomes
  assert.equal(repeated.status, 'fulfilled')
  assert(once.status === 'rejected' && once.reason instanceof Outage)
  assert.deepEqual(await db.rows(sql`select id from public.note where id = 1`), [{ id: 1 }])
})

const waiting = "select pid from pg_stat_activity where wait_event = 'SyncRep'"

/** From now on every commit waits for another site in vain. */
async function nobodyConfirms(primary: PostgresHost, admin: pg.Client): Promise<void> {
  await admin.query("alter system set synchronous_standby_names = 'nobody'")
  await admin.query('select pg_reload_conf()')
  // Commits wait from when the checkpointer has read the setting, which only a commit that waits can tell.
  const probe = await primary.admin()
  for (let waits = false; !waits; ) {
    let committed = false
    const commit = probe.query("select pg_logical_emit_message(true, 'probe', '')").then(() => {
      committed = true
    })
    await until(async () => {
      waits = (await admin.query(waiting)).rowCount === 1
      return waits || committed
    })
    if (waits) await admin.query(`select pg_cancel_backend(pid) from (${waiting}) backend`)
    await commit
  }
  await probe.end()
}

test('a commit whose wait for another site is cancelled is an outage, never a success', async (t) => {
  const { primary, url } = await replicatedPostgres(t)
  const db = open(t, url(primary.port))
  await db.run(sql`create table public.note (id int primary key)`)
  const admin = await primary.admin()
  atEnd(t, () => admin.end())
  await nobodyConfirms(primary, admin)
  const write = (id: number) => () =>
    db.run(sql`insert into public.note values (${id}) on conflict do nothing`)
  const writes = [
    write(1)(),
    db.transaction((tx) => tx.run(sql`insert into public.note values (2)`)),
    // Run again, it would find on this server what no other one has.
    db.repeatable(write(3)),
  ]
  const outcomes = Promise.allSettled(writes)
  await until(async () => (await admin.query(waiting)).rowCount === writes.length)
  await admin.query(`select pg_cancel_backend(pid) from (${waiting}) backend`)
  for (const outcome of await outcomes) {
    assert.equal(outcome.status, 'rejected')
    assert(outcome.status === 'rejected' && outcome.reason instanceof Outage)
  }
})

test('a session to a primary refuses a server that is one no longer', async (t) => {
  const { standby, url } = await replicatedPostgres(t)
  const target = parseConnectionUrl(url(standby.port))
  const [host] = target.hosts
  assert(host)
  const options = { poolSize: 1, applicationName: 'test', primary: true }
  const session = createSession({ log: createLog('silent') }, target, host, options)
  atEnd(t, () => session.end())
  for (const connect of [session.open, session.connect]) await assert.rejects(connect, { code: '25006' })

  await standby.promote()
  assert(session.reserve())
  const client = await session.open()
  assert.equal(client.inHotStandby, false)
  session.give(client, false)
})

test('a single host that falls silent is an outage after a while, and used again when it answers', async (t) => {
  const { primary, url } = await replicatedPostgres(t)
  const link = await vanishingLink(t, primary.port)
  const db = open(t, url(link.port), { outageWaitMs: 500, answerMaxMs: 300 })
  await prepare(db)
  link.cut()
  await assert.rejects(
    db.transaction((tx) => tx.run(sql`insert into public.note values (1)`)),
    Outage,
  )
  await assert.rejects(db.run(sql`insert into public.note values (2)`), Outage)
  await assert.rejects(db.rows(sql`select 1 as one`), Outage)
  link.heal()
  await until(() =>
    db.rows(sql`select 1 as one`).then(
      () => true,
      () => false,
    ),
  )
})
