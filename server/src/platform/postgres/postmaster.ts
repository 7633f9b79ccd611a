import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, readlinkSync, realpathSync, renameSync, statSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Binaries } from './binaries.ts'
import { type Cluster, spawnAs } from './cluster.ts'
import { EmbeddedPostgresError } from './error.ts'
import { identifyProcess, isRunning, type ProcessIdentity } from './process-table.ts'
import type { RunAs } from './run-as.ts'

type Deps = { clock: Clock; log: Log }

/** A running PostgreSQL. `ended` resolves with the reason when its process is gone, however that came about. */
export type Postmaster = { identity: ProcessIdentity; ended: Promise<string> }

const pollMs = 20

/** Bounded waits of a stop: politely, then without a checkpoint, then by force. Each later step costs recovery time. */
const fastShutdownMs = 20_000
const immediateShutdownMs = 5_000

/**
 * Starts PostgreSQL on the cluster and resolves when it accepts connections; rejects with the end of its log when
 * it ends before that. Recovery after a crash may take as long as it needs.
 *
 * It runs in a process group of its own: Ctrl-C in a terminal must reach the node first, which still has requests to
 * finish. Its log goes to a file and not through a pipe, because a pipe would break when the node is killed.
 */
export async function startPostmaster(
  deps: Deps,
  folder: string,
  cluster: Cluster,
  binaries: Binaries,
  user: RunAs,
): Promise<Postmaster> {
  const logFile = join(folder, 'postgres.log')
  const child = spawnPostmaster(logFile, cluster, binaries, user)
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`))
  })
  child.unref()
  let reason: string | undefined
  void ended.then((text) => {
    reason = text
  })
  const identity = child.pid === undefined ? undefined : identifyProcess(child.pid)
  for (let waitedMs = 0; reason === undefined && !isReady(cluster, child.pid); waitedMs += pollMs) {
    if (waitedMs > 0 && waitedMs % 10_000 === 0) deps.log.info({ waitedMs }, 'PostgreSQL is still recovering')
    await deps.clock.sleep(pollMs)
  }
  if (reason !== undefined || identity === undefined)
    throw new EmbeddedPostgresError(`PostgreSQL did not start (${reason}):\n${endOf(logFile)}`)
  return { identity, ended }
}

function spawnPostmaster(logFile: string, cluster: Cluster, binaries: Binaries, user: RunAs): ChildProcess {
  // Two files are kept, so that a loop of crashes cannot fill the disk.
  if (statSync(logFile, { throwIfNoEntry: false })) renameSync(logFile, `${logFile}.1`)
  const output = openSync(logFile, 'a', 0o600)
  try {
    return spawn(binaries.postgres, ['-D', cluster.data, '-c', `config_file=${cluster.configFile}`], {
      ...spawnAs(user),
      env: { ...binaries.env, TZ: 'UTC' },
      cwd: '/',
      detached: true,
      stdio: ['ignore', output, output],
    })
  } finally {
    closeSync(output)
  }
}

/** Line 8 of postmaster.pid is the server's state. https://www.postgresql.org/docs/current/storage-file-layout.html */
function isReady(cluster: Cluster, pid: number | undefined): boolean {
  const lines = pidFile(cluster.data)
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready'
}

/** Fast shutdown: clients are disconnected, what is committed is flushed. Resolves when the process is gone. */
export async function stopPostmaster(deps: Deps, identity: ProcessIdentity): Promise<void> {
  for (const [signal, patienceMs] of [
    ['SIGINT', fastShutdownMs],
    ['SIGQUIT', immediateShutdownMs],
    ['SIGKILL', immediateShutdownMs],
  ] as const) {
    if (!isRunning(identity)) return
    signalPostmaster(identity, signal)
    for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pollMs) {
      if (!isRunning(identity)) return
      await deps.clock.sleep(pollMs)
    }
    deps.log.warn({ pid: identity.pid, signal, patienceMs }, 'PostgreSQL does not stop')
  }
  throw new EmbeddedPostgresError(`PostgreSQL (process ${identity.pid}) cannot be stopped`)
}

export function signalPostmaster(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  try {
    if (isRunning(identity)) process.kill(identity.pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/**
 * Stops the PostgreSQL of a node that was killed: nobody would restart it, and it holds the cluster. The caller
 * owns the folder's lock, so no living node of this machine uses it.
 */
export async function stopAbandonedPostmaster(deps: Deps, data: string, socket: string): Promise<void> {
  const pid = Number(pidFile(data)[0])
  const identity = Number.isSafeInteger(pid) && pid > 1 ? identifyProcess(pid) : undefined
  if (identity && servesCluster(pid, data)) {
    deps.log.warn({ pid }, 'stopping the PostgreSQL that a killed node left behind')
    return stopPostmaster(deps, identity)
  }
  if (await answers(join(socket, '.s.PGSQL.5432')))
    throw new EmbeddedPostgresError(
      `a PostgreSQL that this process cannot see, probably in another container, serves ${data}. Stop it first.`,
    )
}

/** The id in postmaster.pid may belong to an unrelated process by now. */
function servesCluster(pid: number, data: string): boolean {
  if (process.platform !== 'linux') return true
  try {
    return (
      statSync(`/proc/${pid}`).uid === statSync(data).uid &&
      readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data)
    )
  } catch {
    return false
  }
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** The socket folder of the server that runs on a cluster, as its postmaster.pid has it. */
export function socketOf(data: string): string | undefined {
  return pidFile(data)[4] || undefined
}

function pidFile(data: string): string[] {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return []
  }
}

function endOf(logFile: string): string {
  return readFileSync(logFile, 'utf8').trim().split('\n').slice(-10).join('\n')
}
