import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { allMigrations } from '../src/migrations.ts'
import { systemClock } from '../src/platform/clock.ts'
import { createDatabase, type Database } from '../src/platform/db/database.ts'
import { migrate } from '../src/platform/db/migrations.ts'
import { createLog } from '../src/platform/log.ts'
import { startEmbeddedPostgres } from '../src/platform/postgres/embedded.ts'
import { systemRandom } from '../src/platform/random.ts'
import { version } from '../src/version.ts'

export type BenchDatabase = { url: string; db: Database; [Symbol.asyncDispose](): Promise<void> }

/**
 * A migrated database for a bench alone: on the server that DURE_BENCH_DATABASE_URL names, else on an embedded PostgreSQL
 * started for it, with fsync on as in earnest.
 */
export async function openBenchDatabase(): Promise<BenchDatabase> {
  const given = process.env['DURE_BENCH_DATABASE_URL']
  const folder = given === undefined ? await mkdtemp(join(tmpdir(), 'dure-bench-')) : undefined
  const log = createLog('silent')
  const own =
    folder === undefined ? undefined : await startEmbeddedPostgres({ folder: join(folder, 'postgres'), log })
  const server = given ?? own?.adminUrl ?? ''
  const name = `bench_${randomUUID().replaceAll('-', '')}`
  const admin = new pg.Client({ connectionString: server })
  await admin.connect()
  await admin.query(`create database ${name} template template0`)
  const url = server.replace(/\/[^/?]+(?=$|\?)/, `/${name}`)
  const db = createDatabase(
    { log, clock: systemClock, random: systemRandom },
    { url, poolSize: 8, applicationName: 'bench', outageWaitMs: 2000 },
  )
  await migrate({ db, log }, await allMigrations(), version)
  return {
    url,
    db,
    async [Symbol.asyncDispose]() {
      await db.close()
      await admin.query(`drop database ${name} with (force)`)
      await admin.end()
      await own?.close()
      if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}
