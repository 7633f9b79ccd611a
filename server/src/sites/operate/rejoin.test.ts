import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePort } from '../../../test/support/free-port.ts'
import { systemClock } from '../../platform/clock.ts'
import { createEtcd } from '../../platform/site/etcd.ts'
import {
  parseSitesFile,
  type Site,
  type SitesFile,
  siteNamed,
  urlAt,
} from '../../platform/site/sites-file.ts'
import { exampleSites } from '../../platform/site/testing.ts'
import { atEnd } from '../../platform/testing/cleanup.ts'
import { until } from '../../platform/testing/until.ts'
import { readEpoch, writeEpoch } from '../gate/epoch.ts'
import { createGateClient } from '../gate/gate-client.ts'
import { serveGate } from '../gate/serve-gate.ts'
import { debianLayout } from '../render/layout.ts'
import { createEtcdAdmin } from './etcd-admin.ts'
import { NotNowError } from './last-site.ts'
import type { Unit } from './machine.ts'
import { prefixOf, readPatroniState } from './patroni-state.ts'
import { type RejoinDeps, rejoin } from './rejoin.ts'
import { dyingAtEveryStep } from './testing.ts'

const hasEtcd = spawnSync('etcd', ['--version']).status === 0

/** Sites whose gates and etcd are real and on loopback addresses of their own. */
async function sites(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'dure-rejoin-'))
  atEnd(t, () => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  const [gate, client, peer] = [await freePort(), await freePort(), await freePort()]
  const file = parseSitesFile(
    exampleSites
      .replace(/10\.88\.(\d)\.1/g, '127.88.3.$1')
      .replace('planned:', `ports: { gate: ${gate}, etcdClient: ${client}, etcdPeer: ${peer} }\nplanned:`),
  )

  async function machineOf(name: string) {
    const site = siteNamed(file, name)
    const layout = {
      ...debianLayout,
      etc: join(folder, name, 'etc'),
      siteState: join(folder, name, 'site'),
      etcdData: join(folder, name, 'etcd'),
      postgresState: join(folder, name, 'postgres'),
      postgresData: join(folder, name, 'postgres', 'data'),
    }
    for (const own of [layout.etc, layout.siteState, layout.postgresState])
      await mkdir(own, { recursive: true })
    await writeFile(join(layout.etc, 'etcd.conf.yml'), etcdConfiguration(file, site, layout.etcdData))
    const server = await serveGate({ clock: systemClock }, { file, site, siteState: layout.siteState })
    atEnd(t, async () => {
      server.close()
      server.closeAllConnections()
    })
    return { site, layout, ...etcdUnit(t, join(layout.etc, 'etcd.conf.yml')) }
  }
  return { file, machineOf, adminAt: ({ address }: Site) => createEtcdAdmin(urlAt(address, client)) }
}

function etcdConfiguration({ ports }: SitesFile, { name, address }: Site, data: string): string {
  const [peer, client] = [urlAt(address, ports.etcdPeer), urlAt(address, ports.etcdClient)]
  return [
    `name: ${name}`,
    `data-dir: ${data}`,
    ...[`listen-peer-urls: ${peer}`, `initial-advertise-peer-urls: ${peer}`],
    ...[`listen-client-urls: ${client}`, `advertise-client-urls: ${client}`],
    `initial-cluster: ${name}=${peer}`,
    'initial-cluster-state: new',
    ...['heartbeat-interval: 20', 'election-timeout: 200'],
    'enable-grpc-gateway: true',
    'log-level: error',
  ].join('\n')
}

function etcdUnit(t: TestContext, path: string) {
  let etcd: ChildProcess | undefined
  const isUp = () => etcd !== undefined && etcd.exitCode === null && etcd.signalCode === null
  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!etcd || !isUp()) return
    const ended = once(etcd, 'exit')
    etcd.kill(signal)
    await ended
  }
  atEnd(t, () => stop('SIGKILL'))
  return {
    stop,
    start() {
      if (!isUp()) etcd = spawn('etcd', ['--config-file', path], { stdio: 'ignore' })
    },
  }
}

/** busan went on alone in epoch 2; daejeon comes back with what it had in epoch 1. */
async function afterLastSite(t: TestContext) {
  const { file, machineOf, adminAt } = await sites(t)
  const [busan, daejeon] = [await machineOf('busan'), await machineOf('daejeon')]
  await writeEpoch(busan.layout.siteState, { epoch: 2, members: ['busan'], sinceMs: 1, by: 'somebody' })
  busan.start()
  await until(() => adminAt(busan.site).healthy())
  const endpoints = [urlAt(busan.site.address, file.ports.etcdClient)]
  const etcd = createEtcd({ clock: systemClock }, { endpoints, hedgeMs: 400, timeoutMs: 2000 })
  atEnd(t, async () => etcd.close())
  const value = JSON.stringify({ ttl: 20, synchronous_mode: 'quorum', synchronous_mode_strict: false })
  await etcd.transact({ compares: [], operations: [{ put: { key: `${prefixOf(file)}config`, value } }] })
  for (const own of [daejeon.layout.etcdData, daejeon.layout.postgresData]) {
    await mkdir(own)
    await writeFile(join(own, 'of-epoch-1'), 'what daejeon had')
  }

  const up = new Set<Unit>()
  const said: string[] = []
  const units = {
    async stop(unit: Unit) {
      up.delete(unit)
      if (unit === 'dure-etcd') await daejeon.stop()
    },
    async start(unit: Unit) {
      up.add(unit)
      if (unit === 'dure-etcd') daejeon.start()
      // A new base copy, as Patroni makes one where there is no data folder.
      else await mkdir(daejeon.layout.postgresData, { recursive: true })
    },
  }
  const level = [{ name: 'daejeon', role: 'quorum_standby', state: 'streaming', lag: 0 }]
  const deps: RejoinDeps = {
    clock: systemClock,
    machine: { layout: daejeon.layout, units },
    gates: createGateClient(file),
    adminAt,
    etcd,
    patroni: {
      cluster: async () => ({ members: up.has('dure-patroni') ? level : [] }),
      switchover: async () => undefined,
    },
    sizeOf: async () => 1,
    say: (line) => said.push(line),
  }

  /** Everything at daejeon's machine ends; when it starts again, its gate lets etcd through once its data are of the epoch. */
  async function crash(): Promise<void> {
    await daejeon.stop('SIGKILL')
    up.clear()
    if ((await readEpoch(daejeon.layout.siteState, file)).epoch === 2) await units.start('dure-etcd')
  }
  return { file, deps, busan, daejeon, etcd, adminAt, said, crash }
}

test('a site rejoins whose machine dies at every step in turn, and what it had is kept', async (t) => {
  if (!hasEtcd) return t.skip('needs etcd')
  const { file, deps, busan, daejeon, etcd, adminAt, crash } = await afterLastSite(t)
  const deaths = await dyingAtEveryStep(deps, (mortal) => rejoin(mortal, file, daejeon.site), crash)
  t.diagnostic(`the machine died ${deaths} times`)
  assert(deaths > 10)
  for (const { layout } of [busan, daejeon]) {
    const { epoch, members } = await readEpoch(layout.siteState, file)
    assert.deepEqual([epoch, members], [2, ['busan', 'daejeon']])
  }
  const members = await adminAt(busan.site).members()
  assert.deepEqual(members.map(({ name, learner }) => [name, learner]).sort(), [
    ['busan', false],
    ['daejeon', false],
  ])
  assert.equal((await readPatroniState(etcd, file)).strict, true)
  for (const own of [daejeon.layout.etcdData, daejeon.layout.postgresData]) {
    assert.equal(await readFile(join(`${own}.epoch-1`, 'of-epoch-1'), 'utf8'), 'what daejeon had')
    assert.equal(existsSync(`${own}.epoch-1-2`), false)
  }
})

test('a site does not rejoin without a member of the epoch, without space, or from a newer epoch', async (t) => {
  if (!hasEtcd) return t.skip('needs etcd')
  const { file, deps, busan, daejeon } = await afterLastSite(t)
  // Time flies: nobody is waited for.
  let now = 0
  const hasty = {
    ...deps,
    clock: {
      ...systemClock,
      now: () => now,
      sleep: async (delayMs: number) => {
        now += delayMs
      },
    },
  }
  const refusal = (reason: RegExp) => (error: Error) =>
    error instanceof NotNowError && reason.test(error.message)
  const full = rejoin({ ...hasty, sizeOf: async () => 2 ** 60 }, file, daejeon.site)
  await assert.rejects(full, refusal(/a new copy comes beside it/))

  const alone = { epoch: 2, sinceMs: 1, by: 'somebody' }
  await writeEpoch(busan.layout.siteState, { ...alone, members: ['busan', 'chuncheon'] })
  await assert.rejects(rejoin(hasty, file, daejeon.site), refusal(/chuncheon of epoch 2 cannot be asked/))

  await writeEpoch(busan.layout.siteState, { ...alone, members: ['busan'] })
  await writeEpoch(daejeon.layout.siteState, { ...alone, epoch: 3, members: ['daejeon'] })
  await assert.rejects(rejoin(hasty, file, daejeon.site), refusal(/daejeon is in epoch 3/))

  await busan.stop()
  await assert.rejects(rejoin(hasty, file, daejeon.site), refusal(/no other site runs/))
  assert.deepEqual(await readdir(daejeon.layout.postgresData), ['of-epoch-1'])
})
