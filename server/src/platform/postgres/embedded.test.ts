import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createLog } from '../log.ts'
import { atEnd } from '../testing/cleanup.ts'
import { startEmbeddedPostgres } from './embedded.ts'
import { identifyProcess, isRunning } from './process-table.ts'
import { dataFolder, eventually, gone, query, startNode } from './testing.ts'

const log = createLog('silent')
const asRoot = process.getuid?.() === 0

test('a new folder becomes a durable UTF-8 database that is there again after a restart', async (t) => {
  const folder = await dataFolder(t)
  const first = await startEmbeddedPostgres({ folder, log })
  assert.deepEqual(
    await query(
      first.url,
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
              current_setting('data_checksums') as checksums, current_setting('server_encoding') as encoding,
              current_setting('listen_addresses') as tcp, datlocprovider::text || datlocale as locale
       from pg_database where datname = current_database()`,
    ),
    [{ fsync: 'on', commit: 'on', checksums: 'on', encoding: 'UTF8', tcp: '', locale: 'bC.UTF-8' }],
  )
  await query(first.url, `create table kept as select '두레' as word`)
  await first.close()

  await using second = await startEmbeddedPostgres({ folder, log })
  assert.deepEqual(await query(second.url, 'select word from kept'), [{ word: '두레' }])
})

test('the role of the node is no superuser', async (t) => {
  await using server = await startEmbeddedPostgres({ folder: await dataFolder(t), log })
  await assert.rejects(query(server.url, `copy (select 1) to program 'true'`), /permission denied/)
})

test('PostgreSQL never runs as root', { skip: !asRoot && 'only root has to hand it over' }, async (t) => {
  await using server = await startEmbeddedPostgres({ folder: await dataFolder(t), log })
  assert.notEqual((await stat(`/proc/${server.pid}`)).uid, 0)
})

test('close ends PostgreSQL, and closing twice is one close', async (t) => {
  const server = await startEmbeddedPostgres({ folder: await dataFolder(t), log })
  const identity = identifyProcess(server.pid)
  await Promise.all([server.close(), server.close()])
  assert.ok(identity && !isRunning(identity))
})

test('close does not wait for clients that stay connected', async (t) => {
  const server = await startEmbeddedPostgres({ folder: await dataFolder(t), log })
  const sleeper = assert.rejects(query(server.url, 'select pg_sleep(600)'))
  await eventually(async () => {
    const rows = await query(
      server.adminUrl,
      `select from pg_stat_activity where query like '%pg_sleep(600)'`,
    )
    return rows.length === 1 || undefined
  })
  await server.close()
  await sleeper
})

test('a second process is refused and told who has the folder', async (t) => {
  const folder = await dataFolder(t)
  const { process: owner } = await startNode(t, folder)
  await assert.rejects(
    startEmbeddedPostgres({ folder, log }),
    new RegExp(`${folder} is in use by process ${owner.pid}`),
  )
})

test('after kill -9 of the node the next one stops the abandoned PostgreSQL and goes on with its data', async (t) => {
  const folder = await dataFolder(t)
  const { process: node, report } = await startNode(t, folder)
  const abandoned = identifyProcess(report.postgres)
  await query(report.url, `create table kept as select 1 as n`)
  node.kill('SIGKILL')
  await once(node, 'exit')
  assert.ok(abandoned && isRunning(abandoned), 'PostgreSQL outlives a killed node')

  await using next = await startEmbeddedPostgres({ folder, log })
  assert.ok(!isRunning(abandoned))
  assert.deepEqual(await query(next.url, 'select n from kept'), [{ n: 1 }])
})

test('after kill -9 of PostgreSQL it is restarted and every acknowledged row is there', async (t) => {
  await using server = await startEmbeddedPostgres({ folder: await dataFolder(t), log })
  await query(server.url, `create table kept as select 1 as n`)
  for (let round = 0; round < 2; round++) {
    const killed = server.pid
    process.kill(killed, 'SIGKILL')
    await eventually(() => server.pid !== killed || undefined)
    assert.deepEqual(await query(server.url, 'select n from kept'), [{ n: 1 }])
  }
})

test('after kill -9 of both the next node starts with every acknowledged row', async (t) => {
  const folder = await dataFolder(t)
  const { process: node, report } = await startNode(t, folder)
  await query(report.url, `create table kept as select 1 as n`)
  node.kill('SIGKILL')
  process.kill(report.postgres, 'SIGKILL')
  await once(node, 'exit')

  await using next = await startEmbeddedPostgres({ folder, log })
  assert.deepEqual(await query(next.url, 'select n from kept'), [{ n: 1 }])
})

test('of many processes that start at once after a kill one gets the folder', async (t) => {
  const folder = await dataFolder(t)
  const { process: killed } = await startNode(t, folder)
  killed.kill('SIGKILL')
  await once(killed, 'exit')

  const starts = await Promise.allSettled(Array.from({ length: 4 }, () => startNode(t, folder)))
  assert.equal(starts.filter(({ status }) => status === 'fulfilled').length, 1)
})

test('a node that exits without closing does not leave PostgreSQL behind', async (t) => {
  const { process: node, report } = await startNode(t, await dataFolder(t), 'exit')
  const identity = identifyProcess(report.postgres)
  assert.ok(identity)
  node.kill('SIGTERM')
  await once(node, 'exit')
  await gone(identity)
})

test("a terminal's Ctrl-C does not reach PostgreSQL before the node has drained", async (t) => {
  const { process: node, report } = await startNode(t, await dataFolder(t))
  const group = async (pid: number) =>
    (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[2]
  assert.notEqual(await group(report.postgres), await group(node.pid))
})

test('a folder of another major version is refused with instructions and left as it is', async (t) => {
  const folder = await dataFolder(t)
  await (await startEmbeddedPostgres({ folder, log })).close()
  const file = join(folder, 'cluster', 'PG_VERSION')
  await writeFile(file, '17\n')
  const before = await stat(join(folder, 'cluster', 'global', 'pg_control'))

  await assert.rejects(startEmbeddedPostgres({ folder, log }), /made by PostgreSQL 17.*\n.*pg_dump/s)

  assert.equal((await stat(join(folder, 'cluster', 'global', 'pg_control'))).mtimeMs, before.mtimeMs)
  assert.equal(await readFile(file, 'utf8'), '17\n')
  await writeFile(file, '18\n')
})

test('an initdb that was killed half way is begun again', async (t) => {
  const folder = await dataFolder(t)
  await mkdir(join(folder, 'cluster.new', 'base'), { recursive: true })
  await using server = await startEmbeddedPostgres({ folder, log })
  assert.deepEqual(await query(server.url, 'select 1 as n'), [{ n: 1 }])
})

test('a folder whose path is too long for a socket works all the same', async (t) => {
  await using server = await startEmbeddedPostgres({ folder: await dataFolder(t, 'a'.repeat(100)), log })
  assert.deepEqual(await query(server.url, 'select 1 as n'), [{ n: 1 }])
})

test('a folder that the unprivileged user cannot reach is refused with what to do', {
  skip: !asRoot && 'only root runs PostgreSQL as somebody else',
}, async (t) => {
  const closed = await mkdtemp(join(tmpdir(), 'dure-closed-'))
  atEnd(t, () => rm(closed, { recursive: true, force: true }))
  await chmod(closed, 0o700)
  await assert.rejects(
    startEmbeddedPostgres({ folder: join(closed, 'data', 'postgres'), log }),
    new RegExp(`cannot pass through ${closed}\\. .*chmod o\\+x ${closed}`),
  )
})
