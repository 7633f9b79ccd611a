import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { systemClock } from '../../clock.ts'
import { atEnd } from '../../testing/cleanup.ts'

export type EtcdMember = { url: string; kill(): Promise<void> }

/** Why tests with a real etcd cannot run here; undefined when they can. */
export function etcdMissing(): string | undefined {
  const found = spawnSync('etcd', ['--version'], { stdio: 'ignore' })
  return found.error ? 'etcd is not installed (apt install etcd-server)' : undefined
}

/** A real etcd cluster on loopback, ready, with the timings of a deployment; its processes end with the test. */
export async function testEtcd(t: TestContext, size: number): Promise<EtcdMember[]> {
  const folder = await mkdtemp(join(tmpdir(), 'dure-etcd-'))
  atEnd(t, () => rm(folder, { recursive: true, force: true }))
  const ports = await freePorts(size * 2)
  const members = Array.from({ length: size }, (_, index) => ({
    name: `m${index}`,
    client: `http://127.0.0.1:${ports[index]}`,
    peer: `http://127.0.0.1:${ports[size + index]}`,
  }))
  const cluster = members.map(({ name, peer }) => `${name}=${peer}`).join(',')
  const started = members.map(({ name, client, peer }) => {
    const child = spawn(
      'etcd',
      [
        ...['--name', name, '--data-dir', join(folder, name), '--log-level', 'error'],
        ...['--listen-client-urls', client, '--advertise-client-urls', client],
        ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
        ...['--initial-cluster', cluster, '--initial-cluster-state', 'new'],
        ...['--heartbeat-interval', '50', '--election-timeout', '500', '--pre-vote'],
      ],
      { stdio: 'ignore' },
    )
    atEnd(t, () => kill(child))
    return { url: client, kill: () => kill(child) }
  })
  for (const { url } of started) await healthy(url)
  return started
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

async function healthy(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const answer = await fetch(`${url}/health`).catch(() => undefined)
    if (answer?.ok && (await answer.text()).includes('true')) return
    await systemClock.sleep(50)
  }
  throw new Error(`etcd at ${url} does not become healthy`)
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  const ports: number[] = []
  for (const server of servers) {
    if (!server.listening) await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    ports.push(address.port)
  }
  for (const server of servers) server.close()
  return ports
}
