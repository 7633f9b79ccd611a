import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../log.ts'
import type { Database, Tx } from './database.ts'
import { sql } from './sql.ts'

/**
 * Migrations are numbered SQL files per service, forward only, each in one transaction. Two sites run two
 * versions during an upgrade, so line 1 says what an older node may expect: `-- expand` (older nodes go on) or
 * `-- contract after 0.14` (nodes older than 0.14 must not join any more).
 */
export type Migration = {
  service: string
  name: string
  text: string
  checksum: string
  /** The oldest version that may run on the database once this migration is applied. */
  oldestVersion: string | undefined
}

const lockKey = 0x64757265 // 'dure'

/** Reads `<folder>/<service>/migrations/*.sql` of each service, in the order of `services` and of file names. */
export async function readMigrations(folder: string, services: readonly string[]): Promise<Migration[]> {
  const perService = services.map(async (service) => {
    const path = join(folder, service, 'migrations')
    if (!existsSync(path)) return []
    const names = (await readdir(path)).filter((name) => name.endsWith('.sql')).sort()
    return Promise.all(
      names.map(async (name) => parseMigration(service, name, await readFile(join(path, name), 'utf8'))),
    )
  })
  return (await Promise.all(perService)).flat()
}

export function parseMigration(service: string, name: string, text: string): Migration {
  const [header = ''] = text.split('\n', 1)
  const match = /^-- (?:expand|contract after (?<version>\d+\.\d+(?:\.\d+)?))\s*$/.exec(header)
  if (!match)
    throw new Error(`${service}/${name}: line 1 must be "-- expand" or "-- contract after <version>"`)
  return {
    service,
    name,
    text,
    checksum: createHash('sha256').update(text).digest('hex'),
    oldestVersion: match.groups?.['version'],
  }
}

/**
 * Brings the database up to `migrations`. Safe to call from many nodes at once: an advisory lock lets one do the
 * work. Refuses when an applied migration was edited, or when the database asks for a newer version than this.
 */
export async function migrate(
  deps: { db: Database; log: Log },
  migrations: readonly Migration[],
  version: string,
): Promise<void> {
  await createJournal(deps.db)
  const applied = await deps.db.rows<AppliedRow>(
    sql`select service, name, checksum, oldest_version from platform.migration`,
  )
  checkVersion(applied, version)
  for (const migration of migrations) {
    if (isApplied(applied, migration)) continue
    const ran = await deps.db.transaction((tx) => applyOne(tx, migration, version))
    if (ran) deps.log.info({ service: migration.service, migration: migration.name }, 'migrated')
  }
}

type AppliedRow = { service: string; name: string; checksum: string; oldest_version: string | null }

async function createJournal(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.run(sql`select pg_advisory_xact_lock(${lockKey})`)
    await tx.run(sql`create schema if not exists platform`)
    await tx.run(sql`
      create table if not exists platform.migration (
        service text not null,
        name text not null,
        checksum text not null,
        oldest_version text,
        applied_by_version text not null,
        applied_at timestamptz not null default now(),
        primary key (service, name)
      )`)
  })
}

async function applyOne(tx: Tx, migration: Migration, version: string): Promise<boolean> {
  await tx.run(sql`select pg_advisory_xact_lock(${lockKey})`)
  const claimed = await tx.run(sql`
    insert into platform.migration (service, name, checksum, oldest_version, applied_by_version)
    values (${migration.service}, ${migration.name}, ${migration.checksum}, ${migration.oldestVersion ?? null}, ${version})
    on conflict (service, name) do nothing`)
  if (claimed === 0) return false
  await tx.script(migration.text)
  return true
}

function isApplied(applied: readonly AppliedRow[], migration: Migration): boolean {
  const row = applied.find(({ service, name }) => service === migration.service && name === migration.name)
  if (row && row.checksum !== migration.checksum) {
    throw new Error(
      `migration ${migration.service}/${migration.name} was changed after it was applied; add a new migration instead`,
    )
  }
  return row !== undefined
}

function checkVersion(applied: readonly AppliedRow[], version: string): void {
  for (const { service, name, oldest_version } of applied) {
    if (oldest_version && compareVersions(version, oldest_version) < 0) {
      throw new Error(
        `this database needs Dure ${oldest_version} or newer (because of ${service}/${name}); this is ${version}`,
      )
    }
  }
}

/** Negative, zero or positive as version `a` is older than, the same as, or newer than `b`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number)) as [number[], number[]]
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
