import { statfs } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { type DureConfiguration, readConfiguration } from '../configuration.ts'
import { allMigrations } from '../migrations.ts'
import { systemClock } from '../platform/clock.ts'
import { environment } from '../platform/config/environment.ts'
import type { Database } from '../platform/db/database.ts'
import { sql } from '../platform/db/sql.ts'
import { createLog } from '../platform/log.ts'
import { siteNamed } from '../platform/site/sites-file.ts'
import { checkOwnPatroni } from '../sites/check/check-live.ts'
import { withDatabase } from './database.ts'

export type Finding = { level: 'ok' | 'warning' | 'problem'; text: string }

const oldestPostgres = 150_000
const leastFreeBytes = 2 * 1024 ** 3
const leastMemoryBytes = 1024 ** 3
const clockDifferenceMaxMs = 1000

/**
 * `doctor`: looks at this deployment as it is - the machine, the configuration, the database - and prints what it found,
 * one line each. The exit code is 1 when something is wrong. It changes nothing.
 */
export async function doctorCommand(): Promise<number> {
  const configuration = readConfiguration(environment)
  const findings = [
    ...(await examineMachine(configuration)),
    ...(await examineSite(configuration)),
    ...(await examineDatabase(configuration)),
  ]
  for (const { level, text } of findings) process.stdout.write(`${level.padEnd(8)} ${text}\n`)
  return findings.some(({ level }) => level === 'problem') ? 1 : 0
}

async function examineMachine({ core }: DureConfiguration): Promise<Finding[]> {
  const { bavail, bsize } = await statfs(core.databaseUrl === undefined ? folderAbove(core.data) : '.')
  const freeBytes = bavail * bsize
  return [
    { level: 'ok', text: `Node ${process.version} on ${process.platform} ${process.arch}` },
    judge(freeBytes >= leastFreeBytes, 'problem', `${gibibytes(freeBytes)} GiB of disk are free`),
    judge(totalmem() >= leastMemoryBytes, 'warning', `${gibibytes(totalmem())} GiB of memory`),
    judge(
      core.serverName !== 'localhost',
      'warning',
      `the server name is ${core.serverName}; it is part of every id and can never be changed`,
    ),
    judge(
      core.publicUrl?.startsWith('https:') ?? true,
      'warning',
      `clients reach this server at ${core.publicUrl ?? 'the address it listens on'}`,
    ),
    judge(core.rateLimits === 'on', 'warning', `rate limits are ${core.rateLimits}`),
  ]
}

/** Only what concerns this machine: `sites check --live` looks at them all. */
async function examineSite({ core }: DureConfiguration): Promise<Finding[]> {
  if (core.sites === undefined) return []
  const found = await checkOwnPatroni({ clock: systemClock }, core.sites, siteNamed(core.sites, core.site))
  return found.map(({ level, what, why }) => ({ level, text: why === undefined ? what : `${what}. ${why}` }))
}

/** The data folder may not exist yet: then the folder that it would be made in counts. */
function folderAbove(data: string | undefined): string {
  return data === undefined ? '.' : join(data, '..')
}

async function examineDatabase(configuration: DureConfiguration): Promise<Finding[]> {
  try {
    return await withDatabase(
      configuration,
      createLog('silent'),
      async (db) => [
        ...(await examineSettings(db)),
        ...(await examineClock(db)),
        ...(await examineMigrations(db)),
        ...(await examineJobs(db)),
      ],
      { migrates: false },
    )
  } catch (error) {
    return [
      {
        level: 'problem',
        text: `the database cannot be used: ${error instanceof Error ? error.message : error}`,
      },
    ]
  }
}

type Settings = {
  version: number
  name: string
  fsync: string
  commit: string
  pages: string
  standbys: string
  encoding: string
  checksums: string
}

async function examineSettings(db: Database): Promise<Finding[]> {
  const [found] = await db.rows<Settings>(sql`
    select current_setting('server_version_num')::int as version, current_setting('server_version') as name,
      current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
      current_setting('full_page_writes') as pages, current_setting('synchronous_standby_names') as standbys,
      current_setting('server_encoding') as encoding, current_setting('data_checksums') as checksums`)
  if (!found) return []
  return [
    judge(found.version >= oldestPostgres, 'problem', `PostgreSQL ${found.name}`),
    judge(found.encoding === 'UTF8', 'problem', `the database is encoded as ${found.encoding}`),
    judge(
      found.fsync === 'on' && found.pages === 'on',
      'problem',
      `fsync is ${found.fsync}, full_page_writes is ${found.pages}`,
    ),
    judge(
      found.commit !== 'off' && found.commit !== 'local',
      'problem',
      `synchronous_commit is ${found.commit}`,
    ),
    judge(found.checksums === 'on', 'warning', `data checksums are ${found.checksums}`),
    {
      level: 'ok',
      text:
        found.standbys === ''
          ? 'writes are safe on this one server: no synchronous standby'
          : `writes wait for ${found.standbys}`,
    },
  ]
}

async function examineClock(db: Database): Promise<Finding[]> {
  const before = systemClock.now()
  const [row] = await db.rows<{ now: number }>(
    sql`select (extract(epoch from clock_timestamp()) * 1000)::bigint as now`,
  )
  const differenceMs = Math.abs((row?.now ?? 0) - (before + systemClock.now()) / 2)
  return [
    judge(
      differenceMs <= clockDifferenceMaxMs,
      'problem',
      `the database's clock differs by ${differenceMs.toFixed(0)} ms`,
    ),
  ]
}

async function examineMigrations(db: Database): Promise<Finding[]> {
  const known = await allMigrations()
  const [exists] = await db.rows<{ journal: string | null }>(
    sql`select to_regclass('platform.migration')::text as journal`,
  )
  if (!exists?.journal)
    return [{ level: 'ok', text: `an empty database: the first start makes ${known.length} migrations` }]
  const applied = await db.rows<{ service: string; name: string }>(
    sql`select service, name from platform.migration`,
  )
  const keyOf = ({ service, name }: { service: string; name: string }) => `${service}/${name}`
  const appliedKeys = new Set(applied.map(keyOf))
  const pending = known.map(keyOf).filter((key) => !appliedKeys.has(key))
  const knownKeys = new Set(known.map(keyOf))
  const unknown = [...appliedKeys].filter((key) => !knownKeys.has(key))
  return [
    {
      level: 'ok',
      text: `${applied.length} migrations are applied${pending.length > 0 ? `, the next start makes ${pending.join(', ')}` : ''}`,
    },
    ...(unknown.length > 0
      ? [
          {
            level: 'warning',
            text: `a newer version made migrations that this one does not know: ${unknown.join(', ')}`,
          } as const,
        ]
      : []),
  ]
}

async function examineJobs(db: Database): Promise<Finding[]> {
  const [exists] = await db.rows<{ job: string | null }>(sql`select to_regclass('platform.job')::text as job`)
  if (!exists?.job) return []
  const failed = await db.rows<{ queue: string; count: number; error: string }>(sql`
    select queue, count(*) as count, max(last_error) as error from platform.job where failed_at_ms is not null group by queue limit 20`)
  return failed.map(({ queue, count, error }) => ({
    level: 'warning',
    text: `${count} jobs of ${queue} gave up, for example with: ${error}`,
  }))
}

function judge(good: boolean, otherwise: 'warning' | 'problem', text: string): Finding {
  return { level: good ? 'ok' : otherwise, text }
}

function gibibytes(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(1)
}
