import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { chown, lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Binaries } from './binaries.ts'
import { EmbeddedPostgresError } from './error.ts'
import { type RunAs, userName } from './run-as.ts'

export type Settings = Record<string, string | number | boolean>

/** Everything PostgreSQL is told to use, all inside the data folder but a socket whose path would be too long. */
export type Cluster = { data: string; socket: string; configFile: string }

/** sun_path holds 104 bytes on macOS and 108 on Linux, the final zero included. */
const socketPathBytesMax = 103
export const adminRole = 'postgres'
export const appRole = 'dure'

export function clusterFolder(folder: string): string {
  return join(folder, 'cluster')
}

/** The user id that owns an existing cluster. */
export function clusterOwner(folder: string): number | undefined {
  return statSync(clusterFolder(folder), { throwIfNoEntry: false })?.uid
}

/** Refuses, without touching anything, a cluster that this PostgreSQL cannot or must not open. */
export function checkCluster(folder: string, major: string): void {
  const data = clusterFolder(folder)
  const stat = statSync(data, { throwIfNoEntry: false })
  if (!stat) return
  const uid = process.getuid?.()
  if (stat.uid === 0)
    throw new EmbeddedPostgresError(
      `${data} belongs to root, as which PostgreSQL does not run. Run: chown -R nobody ${data}`,
    )
  if (uid !== 0 && uid !== stat.uid)
    throw new EmbeddedPostgresError(
      `${data} belongs to the user ${userName(stat.uid)}. Run this as that user, or as root.`,
    )
  const found = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
  if (found !== major) throw new EmbeddedPostgresError(otherMajor(data, found, major))
}

function otherMajor(data: string, found: string, major: string): string {
  return `${data} was made by PostgreSQL ${found}; this version of Dure brings PostgreSQL ${major}. Nothing was touched. To move the data:
  1. With the version of Dure that used the folder last, run: npm run dure -- database
     It prints the URL of the database. In another shell, with pg_dump of PostgreSQL ${found} or newer:
       pg_dump --format=custom --file=dure.dump "<URL>"
  2. Stop it, and put the old folder aside: mv ${data} ${data}-${found}
  3. With this version, run: npm run dure -- database
     and in another shell, with pg_restore of PostgreSQL ${major} or newer:
       pg_restore --dbname="<URL>" dure.dump
  4. Stop it, and start Dure as usual.`
}

/** Creates the cluster when there is none and writes its configuration. */
export async function prepareCluster(
  folder: string,
  binaries: Binaries,
  user: RunAs,
  settings: Settings,
): Promise<Cluster> {
  const data = clusterFolder(folder)
  if (clusterOwner(folder) === undefined) await createCluster(data, binaries, user)
  const socket = await socketFolder(folder, user)
  const configFile = await writeConfiguration(folder, socket, settings)
  return { data, socket, configFile }
}

/**
 * A cluster appears under its name only when complete, so that kill -9 in the middle leaves nothing half done.
 * Text sorts by code point (C.UTF-8), which no library upgrade can change under the indexes.
 */
async function createCluster(data: string, binaries: Binaries, user: RunAs): Promise<void> {
  const draft = `${data}.new`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { mode: 0o700 })
  await chown(draft, user.uid, user.gid)
  const initdb = spawn(
    binaries.initdb,
    [
      `--pgdata=${draft}`,
      `--username=${adminRole}`,
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--auth=peer',
      '--data-checksums',
    ],
    { ...spawnAs(user), env: { ...binaries.env, TZ: 'UTC' }, stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' },
  )
  const [output, complaint, [code]] = await Promise.all([
    text(initdb.stdout),
    text(initdb.stderr),
    once(initdb, 'exit'),
  ])
  if (code !== 0) throw new EmbeddedPostgresError(`initdb failed (${code}): ${complaint || output}`)
  await rename(draft, data)
}

export function spawnAs(user: RunAs): { uid?: number; gid?: number } {
  return user.switched ? { uid: user.uid, gid: user.gid } : {}
}

async function socketFolder(folder: string, user: RunAs): Promise<string> {
  const inside = join(folder, 'socket')
  const fits = Buffer.byteLength(join(inside, '.s.PGSQL.5432')) <= socketPathBytesMax
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  const socket = fits ? inside : join(tmpdir(), `dure-${digest}`)
  await mkdir(socket, { mode: 0o700 }).then(
    () => chown(socket, user.uid, user.gid),
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    },
  )
  const stat = await lstat(socket)
  // In a folder that everybody may write to, somebody else could have made it first, to listen there.
  if (!stat.isDirectory() || stat.uid !== user.uid || (stat.mode & 0o077) !== 0)
    throw new EmbeddedPostgresError(
      `${socket} must be a folder that only the user ${user.name} can enter. Remove it.`,
    )
  return socket
}

/**
 * Written anew at each start, outside the cluster: root must not write where the unprivileged user could have
 * planted a link. Whoever wants other settings passes them, or uses ALTER SYSTEM, which wins.
 */
async function writeConfiguration(folder: string, socket: string, settings: Settings): Promise<string> {
  const settingsFolder = join(folder, 'settings')
  await mkdir(settingsFolder, { recursive: true, mode: 0o755 })
  const write = async (name: string, lines: string[]) => {
    const path = join(settingsFolder, name)
    const header = '# Written by Dure at each start; changes are lost. Use ALTER SYSTEM instead.'
    await writeFile(path, `${[header, ...lines].join('\n')}\n`, { mode: 0o644 })
    return path
  }
  // Only the system user of the Dure process gets in, by its identity alone: there is no password to leak.
  const systemUser = JSON.stringify(userName(process.getuid?.() ?? 0))
  const hba = await write('pg_hba.conf', ['local all all peer map=dure'])
  const ident = await write('pg_ident.conf', [
    `dure ${systemUser} ${adminRole}`,
    `dure ${systemUser} ${appRole}`,
  ])
  const all: Settings = {
    ...defaultSettings,
    ...settings,
    unix_socket_directories: socket,
    hba_file: hba,
    ident_file: ident,
  }
  return write(
    'postgresql.conf',
    Object.entries(all).map(([name, value]) => `${name} = ${quote(value)}`),
  )
}

/** For a small machine. Durability is never traded for speed here. */
const defaultSettings: Settings = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: 120,
  shared_buffers: '128MB',
  effective_cache_size: '512MB',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  max_wal_size: '1GB',
  checkpoint_completion_target: 0.9,
  wal_compression: 'pglz',
  // A table that has just come into use is looked at soon: until then its statements are planned as if it were empty.
  autovacuum_naptime: '15s',
  fsync: true,
  synchronous_commit: true,
  full_page_writes: true,
  jit: false,
  // What is read is mostly in the machine's memory: handing each read to another process costs more than the read.
  io_method: 'sync',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  log_destination: 'stderr',
  // The node reports failed statements itself; the file keeps what happens to the server.
  log_min_messages: 'log',
  log_line_prefix: '%m [%p] ',
}

function quote(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return `'${String(value).replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}
