import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../clock.ts'
import { createLog } from '../log.ts'
import { systemRandom } from '../random.ts'
import { Outage } from '../refusal.ts'
import { openTestDatabase, testDatabase } from '../testing/database.ts'
import { parseConnectionUrl } from './connection-url.ts'
import { createDatabase } from './database.ts'
import { jsonTexts, nothing, sql } from './sql.ts'

test('values never become part of the statement, and fragments keep theirs', () => {
  const name = "x'; drop table t; --"
  const query = sql`select * from t where name = ${name} ${sql`and age > ${7}`} ${nothing} limit ${3}`
  assert.equal(query.text, 'select * from t where name = $1 and age > $2  limit $3')
  assert.deepEqual(query.values, [name, 7, 3])
})

test('JSON texts arrive as they are, and one that is not there as null', async (t) => {
  const { db } = await testDatabase(t)
  const values = [{ text: 'a "quoted", {braced}\\ line\nbreak' }, '', 'NULL', null]
  const texts = [...values.map((value) => JSON.stringify(value)), undefined]
  const rows = await db.rows<{ text: string | null }>(
    sql`select text from unnest(${jsonTexts(texts)}) with ordinality as given (text, line) order by line`,
  )
  assert.deepEqual(
    rows.map(({ text }) => text),
    [...values.map((value) => JSON.stringify(value)), null],
  )
})

test('bigint columns are exact numbers, whole numeric ones are bigint', async (t) => {
  const { db } = await testDatabase(t)
  const [row] = await db.rows(
    sql`select 9007199254740991::bigint as position, 123456789012345678901234567890::numeric as amount`,
  )
  assert.deepEqual(row, { position: 9007199254740991, amount: 123456789012345678901234567890n })
  await assert.rejects(db.rows(sql`select 9007199254740993::bigint as position`), /beyond 2\^53/)
})

test('transactions that conflict are run again until each has its turn', async (t) => {
  const { db } = await testDatabase(t)
  await db.run(sql`create table public.pair (id int primary key, n int not null)`)
  await db.run(sql`insert into public.pair values (1, 0), (2, 0)`)
  // Taking the two rows in opposite orders is a deadlock, again and again.
  const add = (first: number, second: number) =>
    db.transaction(async (tx) => {
      await tx.run(sql`set local deadlock_timeout = '10ms'`)
      await tx.run(sql`update public.pair set n = n + 1 where id = ${first}`)
      await tx.run(sql`update public.pair set n = n + 1 where id = ${second}`)
    })
  await Promise.all(Array.from({ length: 6 }, (_, i) => (i % 2 ? add(1, 2) : add(2, 1))))
  assert.deepEqual(await db.rows(sql`select id, n from public.pair order by id`), [
    { id: 1, n: 6 },
    { id: 2, n: 6 },
  ])
})

test('a transaction that throws leaves nothing behind and gives its connection back', async (t) => {
  const { db } = await testDatabase(t)
  await db.run(sql`create table public.thing (id int)`)
  for (let i = 0; i < 20; i++) {
    await assert.rejects(
      db.transaction(async (tx) => {
        await tx.run(sql`insert into public.thing values (1)`)
        throw new Error('no')
      }),
      /no/,
    )
  }
  assert.deepEqual(await db.rows(sql`select * from public.thing`), [])
})

test('a connection cut before the commit is invisible to the caller', async (t) => {
  const { db, url } = await testDatabase(t)
  const other = openTestDatabase(url)
  await db.run(sql`create table public.thing (id int)`)
  let tries = 0
  await db.transaction(async (tx) => {
    tries++
    const [me] = await tx.rows<{ pid: number }>(sql`select pg_backend_pid() as pid`)
    await tx.run(sql`insert into public.thing values (1)`)
    if (tries === 1) await other.rows(sql`select pg_terminate_backend(${me?.pid})`)
    await tx.rows(sql`select 1 as one`)
  })
  await other.close()
  assert.equal(tries, 2)
  assert.equal((await db.rows(sql`select * from public.thing`)).length, 1)
})

test('a server that cannot be reached is an outage after the bounded wait', async () => {
  const db = createDatabase(
    { log: createLog('silent'), clock: systemClock, random: systemRandom },
    {
      url: 'postgres://nobody@127.0.0.1:1,127.0.0.1:2/none',
      poolSize: 2,
      applicationName: 'test',
      outageWaitMs: 100,
    },
  )
  await assert.rejects(db.rows(sql`select 1 as one`), Outage)
  await assert.rejects(
    db.transaction(async (tx) => tx.rows(sql`select 1 as one`)),
    Outage,
  )
  await db.close()
})

test('with several hosts the one that accepts writes is found', async (t) => {
  const { url } = await testDatabase(t)
  const several = url.replace('@', '@127.0.0.1:1,')
  const db = openTestDatabase(several)
  t.after(() => db.close())
  assert.deepEqual(await db.rows(sql`select 1 as one`), [{ one: 1 }])
})

test('database URLs name hosts, ports, sockets and secrets as libpq has them', () => {
  assert.deepEqual(parseConnectionUrl('postgres://u:p%40ss@a:1,b:2,c/dure'), {
    hosts: [
      { host: 'a', port: 1 },
      { host: 'b', port: 2 },
      { host: 'c', port: 5432 },
    ],
    user: 'u',
    password: 'p@ss',
    database: 'dure',
  })
  assert.deepEqual(parseConnectionUrl('postgres://u@%2Frun%2Fpg:5499/dure').hosts, [
    { host: '/run/pg', port: 5499 },
  ])
  assert.deepEqual(parseConnectionUrl('postgres:///dure?host=/run/pg&port=5').hosts, [
    { host: '/run/pg', port: 5 },
  ])
  assert.deepEqual(parseConnectionUrl('postgres://[::1]:5/dure').hosts, [{ host: '::1', port: 5 }])
  assert.throws(() => parseConnectionUrl('mysql://x/y'), /a database URL looks like/)
})
