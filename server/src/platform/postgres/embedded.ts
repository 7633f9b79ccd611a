import { existsSync, mkdirSync, realpathSync, rmSync } from 'node:fs'
import pg from 'pg'
import { type Clock, systemClock } from '../clock.ts'
import type { Log } from '../log.ts'
import { type Binaries, prepareBinaries } from './binaries.ts'
import {
  adminRole,
  appRole,
  type Cluster,
  checkCluster,
  clusterFolder,
  clusterOwner,
  prepareCluster,
  type Settings,
} from './cluster.ts'
import { type FolderLock, folderOwner, lockFolder } from './folder-lock.ts'
import {
  type Postmaster,
  signalPostmaster,
  socketOf,
  startPostmaster,
  stopAbandonedPostmaster,
  stopPostmaster,
} from './postmaster.ts'
import { chooseRunAs, makeReachable, type RunAs } from './run-as.ts'

export type EmbeddedPostgres = AsyncDisposable & {
  /** For the node: the database `dure`, as a role that owns it and is no superuser. */
  url: string
  /** For tools and tests: the same server as its superuser. */
  adminUrl: string
  /** Process id of PostgreSQL; changes when it had to be restarted. */
  readonly pid: number
  /** Stops PostgreSQL (fast shutdown) and lets go of the folder. */
  close(): Promise<void>
}

export type EmbeddedPostgresOptions = {
  /** Belongs to the embedded PostgreSQL alone; made when missing. Its parent is the node's data folder. */
  folder: string
  log: Log
  clock?: Clock
  /** Added to, or instead of, the default server settings. */
  settings?: Settings
}

const restartDelayFirstMs = 100
const restartDelayMostMs = 5_000
/** A server that ran this long was healthy; its next crash starts with a short delay again. */
const healthyMs = 2_000

/**
 * Runs the PostgreSQL that npm brought, on a folder that it owns until `close`. Resolves when the database accepts
 * connections, after initdb on first use and after recovery when the previous run was killed.
 *
 * Only this process may use the folder; another one is refused with the owner's process id. A PostgreSQL that dies
 * is restarted with growing delays. It is told to stop when this process exits in any way that lets it act.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const deps = { log: options.log, clock: options.clock ?? systemClock }
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  const folder = realpathSync(options.folder)
  const lock = lockFolder(folder)
  try {
    return await startLocked(deps, folder, lock, options.settings ?? {})
  } catch (error) {
    lock.release()
    throw error
  }
}

type Deps = { clock: Clock; log: Log }
type Launch = () => Promise<Postmaster>

async function startLocked(
  deps: Deps,
  folder: string,
  lock: FolderLock,
  settings: Settings,
): Promise<EmbeddedPostgres> {
  const user = chooseRunAs(clusterOwner(folder))
  makeReachable(folder, user)
  const binaries = await prepareBinaries(folder, user)
  checkCluster(folder, binaries.major)
  const cluster = await prepareCluster(folder, binaries, user, settings)
  await stopAbandonedPostmaster(deps, clusterFolder(folder), cluster.socket)
  const supervisor = await supervise(deps, launcher(deps, folder, cluster, binaries, user))
  try {
    await createAppDatabase(cluster.socket)
  } catch (error) {
    await supervisor.stop()
    throw error
  }
  const { pid } = supervisor.current().identity
  deps.log.info({ pid, user: user.name, socket: cluster.socket, folder }, 'PostgreSQL is up')
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= supervisor.stop().finally(() => {
      if (!cluster.socket.startsWith(folder)) rmSync(cluster.socket, { recursive: true, force: true })
      lock.release()
    })
    return closing
  }
  return {
    url: socketUrl(cluster.socket, appRole, appRole),
    adminUrl: socketUrl(cluster.socket, adminRole, 'postgres'),
    get pid() {
      return supervisor.current().identity.pid
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/**
 * The address of the database that another process of this machine runs in `folder` right now, for operators' commands;
 * undefined when nobody does.
 */
export function runningDatabaseUrl(folder: string): string | undefined {
  if (!existsSync(folder) || !folderOwner(realpathSync(folder))) return undefined
  const socket = socketOf(clusterFolder(realpathSync(folder)))
  return socket === undefined ? undefined : socketUrl(socket, appRole, appRole)
}

export function socketUrl(socket: string, role: string, database: string): string {
  return `postgresql://${role}@localhost/${database}?host=${encodeURIComponent(socket)}`
}

/** Server processes that outlive a killed postmaster by a moment keep the cluster locked until they notice. */
function launcher(deps: Deps, folder: string, cluster: Cluster, binaries: Binaries, user: RunAs): Launch {
  return async () => {
    for (let tries = 1; ; tries++) {
      try {
        return await startPostmaster(deps, folder, cluster, binaries, user)
      } catch (error) {
        const lingering = error instanceof Error && /still in use|is another postmaster/i.test(error.message)
        if (!lingering || tries === 20) throw error
        await deps.clock.sleep(250)
      }
    }
  }
}

/** Keeps a PostgreSQL running until told to stop. */
async function supervise(deps: Deps, launch: Launch) {
  const stopping = new AbortController()
  let current = await launch()
  const stopAtExit = () => signalPostmaster(current.identity, 'SIGINT')
  process.on('exit', stopAtExit)

  async function watch(): Promise<void> {
    let delayMs = restartDelayFirstMs
    while (!stopping.signal.aborted) {
      const upSince = deps.clock.now()
      const reason = await current.ended
      if (stopping.signal.aborted) return
      if (deps.clock.now() - upSince > healthyMs) delayMs = restartDelayFirstMs
      deps.log.error({ pid: current.identity.pid, reason, delayMs }, 'PostgreSQL ended; restarting it')
      delayMs = await relaunch(delayMs)
    }
  }

  async function relaunch(firstDelayMs: number): Promise<number> {
    for (let delayMs = firstDelayMs; ; delayMs = Math.min(2 * delayMs, restartDelayMostMs)) {
      await deps.clock.sleep(delayMs, stopping.signal).catch(() => undefined)
      if (stopping.signal.aborted) return delayMs
      try {
        current = await launch()
        deps.log.info({ pid: current.identity.pid }, 'PostgreSQL is up again')
        return Math.min(2 * delayMs, restartDelayMostMs)
      } catch (error) {
        deps.log.error({ err: error, delayMs }, 'PostgreSQL does not start again')
      }
    }
  }

  const watching = watch()
  return {
    current: () => current,
    async stop() {
      stopping.abort()
      await stopPostmaster(deps, current.identity)
      await keepingAlive(watching)
      // It may have been coming up again just when the stop was asked for.
      await stopPostmaster(deps, current.identity)
      process.off('exit', stopAtExit)
    },
  }
}

/**
 * The server's process does not keep this one alive. Whoever stops it may have nothing else to wait for, and would end
 * with the wait unfinished and the folder locked when the end of the child is reported a moment after it is gone.
 */
async function keepingAlive(wait: Promise<void>): Promise<void> {
  const reason = setInterval(() => undefined, 60_000)
  try {
    await wait
  } finally {
    clearInterval(reason)
  }
}

/** The node's own role cannot read files or run programs on the server, whatever SQL might be slipped to it. */
async function createAppDatabase(socket: string): Promise<void> {
  const client = new pg.Client({ host: socket, user: adminRole, database: 'postgres' })
  await client.connect()
  try {
    const roles = await client.query('select from pg_roles where rolname = $1', [appRole])
    if (roles.rowCount === 0) await client.query(`create role ${appRole} login`)
    const databases = await client.query('select from pg_database where datname = $1', [appRole])
    if (databases.rowCount === 0) await client.query(`create database ${appRole} owner ${appRole}`)
  } finally {
    await client.end()
  }
}
