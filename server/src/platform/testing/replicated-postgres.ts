import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { appendFile, chmod, chown, cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from '../../../test/support/free-port.ts'
import { type Binaries, prepareBinaries } from '../postgres/binaries.ts'
import { spawnAs } from '../postgres/cluster.ts'
import { chooseRunAs, makeReachable, type RunAs } from '../postgres/run-as.ts'
import { atEnd } from './cleanup.ts'
import { testClustersFolder } from './test-cluster.ts'

export type PostgresHost = {
  port: number
  /** A client of its superuser. The test ends it. */
  admin(): Promise<pg.Client>
  promote(): Promise<void>
  /** kill -9 of the whole server. */
  kill(): Promise<void>
}

export type ReplicatedPostgres = {
  primary: PostgresHost
  standby: PostgresHost
  /** The URL of a database on several hosts, by their ports. */
  url(...ports: number[]): string
}

const database = 'postgres'

/** A primary and a streaming standby: real servers of their own, on loopback, gone when the test ends. */
export async function replicatedPostgres(t: TestContext): Promise<ReplicatedPostgres> {
  const folder = join(await testClustersFolder(), `pair-${randomUUID().slice(0, 8)}`)
  const password = randomBytes(18).toString('hex')
  await mkdir(folder, { mode: 0o711 })
  atEnd(t, () => rm(folder, { recursive: true, force: true }))
  const user = chooseRunAs(undefined)
  makeReachable(folder, user)
  await chown(folder, user.uid, user.gid)
  const binaries = await prepareBinaries(folder, user)
  const host = (name: string) => createHost(t, { data: join(folder, name), binaries, user, password })

  const primary = await host('primary')
  await createCluster(primary, folder)
  await primary.start()
  await primary.stop()
  const standby = await host('standby')
  await cp(primary.data, standby.data, { recursive: true })
  await own(standby.data, user)
  const source = `host=127.0.0.1 port=${primary.port} user=postgres password=${password}`
  await appendFile(
    join(standby.data, 'postgresql.conf'),
    `port = ${standby.port}\nprimary_conninfo = '${source}'\n`,
  )
  await writeFile(join(standby.data, 'standby.signal'), '')
  await primary.start()
  await standby.start()
  return {
    primary,
    standby,
    url: (...ports) =>
      `postgres://postgres:${password}@${ports.map((port) => `127.0.0.1:${port}`).join(',')}/${database}`,
  }
}

type Options = { data: string; binaries: Binaries; user: RunAs; password: string }
type OwnHost = Awaited<ReturnType<typeof createHost>>

async function createHost(t: TestContext, options: Options) {
  const { data, binaries, user, password } = options
  const port = await freePort()
  let server: ChildProcess | undefined

  async function admin(): Promise<pg.Client> {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database })
    client.on('error', () => undefined)
    await client.connect()
    return client
  }

  async function start(): Promise<void> {
    const env = { ...binaries.env, TZ: 'UTC' }
    server = spawn(binaries.postgres, ['-D', data], { ...spawnAs(user), env, cwd: '/', stdio: 'ignore' })
    for (let tries = 0; ; tries++) {
      try {
        return await (await admin()).end()
      } catch (error) {
        if (tries === 200 || server.exitCode !== null) throw error
        await sleep(50)
      }
    }
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const ended = once(server, 'exit')
    server.kill(signal)
    await ended
  }

  /** A process of a dead postmaster may answer one more query before it notices. */
  async function kill(): Promise<void> {
    const client = await admin()
    const { rows } = await client.query<{ pid: number }>('select pid from pg_stat_activity')
    const ended = end('SIGKILL')
    for (const { pid } of rows) killIfThere(pid)
    await ended
  }

  atEnd(t, () => end('SIGQUIT'))
  return {
    ...options,
    port,
    admin,
    start,
    stop: () => end('SIGINT'),
    kill,
    async promote() {
      const client = await admin()
      await client.query('select pg_promote(true, 30)')
      await client.end()
    },
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

async function createCluster(
  { data, binaries, user, password, port }: OwnHost,
  folder: string,
): Promise<void> {
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, password, { mode: 0o600 })
  await chown(passwordFile, user.uid, user.gid)
  const initdb = spawn(
    binaries.initdb,
    [
      `--pgdata=${data}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--locale=C',
      '--no-sync',
    ],
    { ...spawnAs(user), env: { ...binaries.env, TZ: 'UTC' }, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const [complaint, [code]] = await Promise.all([text(initdb.stderr), once(initdb, 'exit')])
  if (code !== 0) throw new Error(`initdb failed: ${complaint}`)
  await appendFile(
    join(data, 'postgresql.conf'),
    [
      '',
      `port = ${port}`,
      "listen_addresses = '127.0.0.1'",
      "unix_socket_directories = ''",
      'fsync = off',
      'shared_buffers = 16MB',
      'wal_receiver_status_interval = 1',
      'hot_standby = on',
      '',
    ].join('\n'),
  )
}

/** Files that root has copied belong to root. */
async function own(data: string, user: RunAs): Promise<void> {
  if (!user.switched) return
  for (const entry of await readdir(data, { recursive: true }))
    await chown(join(data, entry), user.uid, user.gid)
  await chown(data, user.uid, user.gid)
  await chmod(data, 0o700)
}
