import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../platform/clock.ts'
import type { Layout } from '../render/layout.ts'

const pollMs = 200

/** Keeps what etcd's member had before it forgot the others, once for each epoch. etcd must be down. */
export async function keepEtcdData({ etcdData }: Layout, epoch: number): Promise<string> {
  const kept = `${etcdData}.before-epoch-${epoch}`
  if (existsSync(kept) || !existsSync(etcdData)) return kept
  await rm(`${kept}.part`, { recursive: true, force: true })
  await cp(etcdData, `${kept}.part`, { recursive: true, preserveTimestamps: true })
  await rename(`${kept}.part`, kept)
  return kept
}

/**
 * Runs etcd here once as a cluster of one member made from its own data, does `work` with it, and stops it again. The units stay as they
 * are: whoever is asked to start etcd later finds data of one member. When this process dies, etcd dies with it.
 */
export async function withEtcdAlone(
  { clock }: { clock: Clock },
  layout: Layout,
  isHealthy: () => Promise<boolean>,
  work: () => Promise<void>,
): Promise<void> {
  const path = join(layout.siteState, 'etcd-alone.yml')
  const configuration = await readFile(join(layout.etc, 'etcd.conf.yml'), 'utf8')
  await writeFile(path, `${configuration}\nforce-new-cluster: true\n`, { mode: 0o644 })
  const user = layout.users.etcd
  const words = ['--pdeathsig', 'KILL', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', '--']
  const etcd = spawn('setpriv', [...words, layout.etcd, '--config-file', path], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  etcd.stderr.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-2000)
  })
  try {
    await untilHealthy({ clock }, etcd, isHealthy, () => said)
    await work()
  } finally {
    if (isRunning(etcd)) {
      const ended = once(etcd, 'exit')
      etcd.kill('SIGTERM')
      await ended
    }
    await rm(path, { force: true })
  }
}

async function untilHealthy(
  { clock }: { clock: Clock },
  etcd: ChildProcess,
  isHealthy: () => Promise<boolean>,
  said: () => string,
): Promise<void> {
  const until = clock.now() + 60_000
  while (!(await isHealthy())) {
    if (!isRunning(etcd)) throw new Error(`etcd does not run alone: ${said()}`)
    if (clock.now() >= until) throw new Error(`etcd alone is not healthy after 60 s: ${said()}`)
    await clock.sleep(pollMs)
  }
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null
}
