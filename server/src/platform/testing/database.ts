import { createHash, randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import pg from 'pg'
import { allMigrations } from '../../migrations.ts'
import { version } from '../../version.ts'
import { systemClock } from '../clock.ts'
import { createDatabase, type Database } from '../db/database.ts'
import { migrate } from '../db/migrations.ts'
import { createLog } from '../log.ts'
import { systemRandom } from '../random.ts'
import { atEnd } from './cleanup.ts'
import { testServer } from './server.ts'

export type TestDatabase = { url: string; db: Database }

const templateLock = 0x74656d70 // 'temp'

/** A database of this test alone, with all migrations applied; dropped when the test ends. */
export async function testDatabase(t: TestContext): Promise<TestDatabase> {
  const server = await testServer()
  const template = await ensureTemplate(server)
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await administer(server, (client) => client.query(`create database ${name} template ${template}`))
  const url = withDatabase(server, name)
  const db = openTestDatabase(url)
  atEnd(t, async () => {
    await db.close()
    await administer(server, (client) => client.query(`drop database ${name} with (force)`))
  })
  return { url, db }
}

/** A further pool on a test database, as another node would have. The caller closes it. */
export function openTestDatabase(url: string): Database {
  return createDatabase(
    { log: createLog('silent'), clock: systemClock, random: systemRandom },
    { url, poolSize: 8, applicationName: 'test', outageWaitMs: 2000 },
  )
}

let template: Promise<string> | undefined

/** One migrated database per set of migrations, made once by whichever test comes first. */
function ensureTemplate(server: string): Promise<string> {
  template ??= (async () => {
    const migrations = await allMigrations()
    const checksum = createHash('sha256').update(migrations.map((migration) => migration.checksum).join())
    const name = `template_${checksum.digest('hex').slice(0, 24)}`
    await administer(server, async (client) => {
      await client.query('select pg_advisory_lock($1)', [templateLock])
      const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
      if (rowCount === 0) await createTemplate(client, server, name, migrations)
    })
    return name
  })()
  return template
}

async function createTemplate(
  client: pg.Client,
  server: string,
  name: string,
  migrations: Awaited<ReturnType<typeof allMigrations>>,
): Promise<void> {
  const draft = `draft_${randomUUID().replaceAll('-', '')}`
  await client.query(`create database ${draft} template template0`)
  const db = openTestDatabase(withDatabase(server, draft))
  try {
    await migrate({ db, log: createLog('silent') }, migrations, version)
  } finally {
    await db.close()
  }
  await client.query(`alter database ${draft} rename to ${name}`)
}

async function administer<T>(server: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function withDatabase(server: string, name: string): string {
  return server.replace(/\/[^/?]+(?=$|\?)/, `/${name}`)
}
