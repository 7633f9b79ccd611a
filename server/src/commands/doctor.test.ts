import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { sql } from '../platform/db/sql.ts'
import { testDatabase } from '../platform/testing/database.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

function doctor(databaseUrl: string) {
  const env = { PATH: process.env['PATH'], DURE_DATABASE_URL: databaseUrl }
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'doctor'], { env, encoding: 'utf8' })
  assert.equal(stderr, '')
  return {
    status,
    lines: stdout
      .trim()
      .split('\n')
      .map((line) => line.replace(/ +/, ' ')),
  }
}

test('settings that would lose acknowledged writes are a problem', async (t) => {
  const { url } = await testDatabase(t)
  const { status, lines } = doctor(url)
  // The test server is as unsafe as it is quick.
  assert(lines.includes('problem fsync is off, full_page_writes is off'), lines.join('\n'))
  assert(lines.includes('problem synchronous_commit is off'))
  assert(lines.includes('ok the database is encoded as UTF8'))
  assert.equal(status, 1)
})

test('migrations to come, migrations of a newer version and jobs that gave up are told', async (t) => {
  const { url, db } = await testDatabase(t)
  await db.run(sql`insert into platform.migration values ('rooms', '9999_future.sql', 'x', null, '9.0.0')`)
  await db.run(sql`delete from platform.migration where service = 'sync' and name = '0001_filter.sql'`)
  await db.run(sql`
    insert into platform.job (queue, id, payload, due_at_ms, failed_at_ms, last_error) values ('mail', '1', 'null', 0, 1, 'no such host')`)
  const { lines } = doctor(url)
  assert(
    lines.some((line) => line.startsWith('ok') && line.endsWith('the next start makes sync/0001_filter.sql')),
  )
  assert(
    lines.includes(
      'warning a newer version made migrations that this one does not know: rooms/9999_future.sql',
    ),
  )
  assert(lines.includes('warning 1 jobs of mail gave up, for example with: no such host'))
})

test('a database that cannot be reached is a problem, said in one line', () => {
  const { status, lines } = doctor('postgres://nobody@127.0.0.1:1/none')
  assert(lines.includes('problem the database cannot be used: the database cannot be reached'))
  assert.equal(status, 1)
})
