import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createLog } from '../log.ts'
import { testApp } from '../testing/app.ts'
import { atEnd } from '../testing/cleanup.ts'
import { createTestClock } from '../testing/clock.ts'
import { openTestDatabase, testDatabase } from '../testing/database.ts'
import { createDrain, leavingMs, markDrained, unmarkDrained } from './drain.ts'
import { exampleSites } from './testing.ts'

async function drainFixture(t: TestContext, site = 'busan') {
  const { db } = await testDatabase(t)
  const clock = createTestClock()
  const heard: string[] = []
  const drain = createDrain({ db, clock, log: createLog('silent') }, site, {
    leaving: () => heard.push('leaving'),
    away: () => heard.push('away'),
    back: () => heard.push('back'),
  })
  atEnd(t, () => drain.close())
  return { db, clock, heard, drain }
}

test('a drained site first serves whoever still comes, then nobody, and all again when it is undrained', async (t) => {
  const { db, clock, heard, drain } = await drainFixture(t)
  await drain.start()
  assert.equal(drain.state(), 'serving')

  await markDrained(db, 'busan', clock.now())
  await markDrained(db, 'busan', clock.now() + 1)
  await drain.look()
  assert.equal(drain.state(), 'leaving')
  await clock.advance(leavingMs - 1)
  await drain.look()
  assert.deepEqual([drain.state(), heard], ['leaving', ['leaving']])
  await clock.advance(1)
  await drain.look()
  assert.deepEqual([drain.state(), heard], ['away', ['leaving', 'away']])

  await unmarkDrained(db, 'busan')
  await drain.look()
  assert.deepEqual([drain.state(), heard], ['serving', ['leaving', 'away', 'back']])
})

test('an undrain before the site was away ends nothing', async (t) => {
  const { db, heard, drain } = await drainFixture(t)
  await drain.start()
  await markDrained(db, 'busan', 0)
  await drain.look()
  await unmarkDrained(db, 'busan')
  await drain.look()
  assert.deepEqual([drain.state(), heard], ['serving', ['leaving']])
})

test('another site being drained is not this one', async (t) => {
  const { db, drain } = await drainFixture(t)
  await markDrained(db, 'daejeon', 0)
  await drain.start()
  assert.equal(drain.state(), 'serving')
})

test('without the database the last that was known holds', async (t) => {
  const { url, db } = await testDatabase(t)
  const gone = openTestDatabase(url)
  const drain = createDrain({ db: gone, clock: createTestClock(), log: createLog('silent') }, 'busan', {
    leaving: () => undefined,
    away: () => undefined,
    back: () => undefined,
  })
  await markDrained(db, 'busan', 0)
  await drain.start()
  await gone.close()
  await assert.rejects(drain.look())
  assert.equal(drain.state(), 'away')
  drain.close()
})

test('a node that starts at a drained site serves nobody, but tells operators and watchers', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'dure-sites-'))
  atEnd(t, () => rm(folder, { recursive: true, force: true }))
  // Addresses on this machine where nobody listens.
  await writeFile(
    join(folder, 'sites.yaml'),
    exampleSites
      .replaceAll('10.88.', '127.88.')
      .replace('planned:', 'ports: { etcdClient: 1, node: 2 }\nplanned:'),
  )
  const { url: databaseUrl } = await testDatabase(t)
  const db = openTestDatabase(databaseUrl)
  atEnd(t, () => db.close())
  await markDrained(db, 'daejeon', 0)
  const environment = {
    DURE_SITES: join(folder, 'sites.yaml'),
    DURE_SITE: 'daejeon',
    DURE_SERVER_NAME: 'chat.example.org',
  }
  const { http } = await testApp(t, { environment, databaseUrl })
  const refused = await http.inject({ url: '/_matrix/client/versions' })
  assert.equal(refused.statusCode, 503)
  assert(Number(refused.headers['retry-after']) >= 1)
  assert.equal(refused.headers['connection'], 'close')
  assert.equal((await http.inject({ url: '/readyz' })).statusCode, 503)
  assert.equal((await http.inject({ url: '/livez' })).statusCode, 200)
  assert.deepEqual((await http.inject({ url: '/api/site/v1/drain' })).json(), {
    site: 'daejeon',
    node: 'home-1',
    state: 'away',
    requestsInFlight: 0,
  })
})
