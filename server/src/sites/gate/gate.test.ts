import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePort } from '../../../test/support/free-port.ts'
import { systemClock } from '../../platform/clock.ts'
import { parseSitesFile, type SitesFile, siteNamed } from '../../platform/site/sites-file.ts'
import { exampleSites } from '../../platform/site/testing.ts'
import { atEnd } from '../../platform/testing/cleanup.ts'
import { until } from '../../platform/testing/until.ts'
import { epochPath, readEpoch, writeEpoch } from './epoch.ts'
import { createGateClient } from './gate-client.ts'
import { type GatePlace, serveGate } from './serve-gate.ts'
import { closeGate, lookAtGate, openGate, waitAtGate } from './wait-at-gate.ts'

const deps = (file: SitesFile) => ({ clock: systemClock, gates: createGateClient(file) })

/** Three sites on loopback addresses; none of them runs anything yet. */
async function threeSites(t: TestContext) {
  const gate = await freePort()
  const etcdPeer = await freePort()
  const file = parseSitesFile(
    exampleSites
      .replace(/10\.88\.(\d)\.1/g, '127.88.1.$1')
      .replace('planned:', `ports: { gate: ${gate}, etcdPeer: ${etcdPeer} }\nplanned:`),
  )
  const folder = await mkdtemp(join(tmpdir(), 'dure-gate-'))
  atEnd(t, () => rm(folder, { recursive: true, force: true }))
  const places = file.sites.map((site): GatePlace => ({ file, site, siteState: join(folder, site.name) }))
  const place = (name: string) => places.find(({ site }) => site.name === name) ?? assert.fail(name)

  async function serve(name: string) {
    const server = await serveGate({ clock: systemClock }, place(name))
    const close = async () => {
      server.close()
      server.closeAllConnections()
    }
    atEnd(t, close)
    return close
  }

  /** etcd as its peers see it, with or without a majority. */
  async function etcdAt(name: string) {
    const server = createServer((_, response) =>
      response.end('{"etcdserver":"3.5.16","etcdcluster":"3.5.0"}'),
    )
    server.listen(etcdPeer, siteNamed(file, name).address)
    await once(server, 'listening')
    atEnd(t, async () => {
      server.close()
      server.closeAllConnections()
    })
  }
  return { file, place, serve, etcdAt }
}

test('a site waits until all three are present, and says meanwhile what it waits for', async (t) => {
  const { file, place, serve } = await threeSites(t)
  await Promise.all([serve('busan'), serve('daejeon')])
  const said: string[] = []
  const told = Promise.withResolvers<void>()
  const say = (line: string) => {
    said.push(line)
    told.resolve()
  }
  const waiting = waitAtGate({ ...deps(file), say }, place('busan'), 'etcd')
  await told.promise
  assert.match(said[0] ?? '', /chuncheon cannot be asked/)
  const gates = createGateClient(file)
  await until(async () => {
    const waits = (await gates.status(siteNamed(file, 'busan')))?.waits
    return waits !== undefined && /chuncheon cannot be asked/.test(waits)
  })
  await serve('chuncheon')
  await waiting
  assert.equal(said.at(-1), 'the gate is open: all sites of this epoch are present')
})

test('a member that runs without a majority opens the gate of the next', async (t) => {
  const { file, place, serve, etcdAt } = await threeSites(t)
  await serve('daejeon')
  assert.equal((await lookAtGate(deps(file), place('busan'), 'etcd')).because, 'sites_missing')
  await etcdAt('daejeon')
  assert.equal((await lookAtGate(deps(file), place('busan'), 'etcd')).because, 'member_runs')
})

test('PostgreSQL follows the etcd of its own site, which itself follows nobody', async (t) => {
  const { file, place, etcdAt } = await threeSites(t)
  await etcdAt('busan')
  assert.equal((await lookAtGate(deps(file), place('busan'), 'patroni')).because, 'own_etcd_runs')
  assert.equal((await lookAtGate(deps(file), place('busan'), 'etcd')).because, 'sites_missing')
})

test('an older site is kept out by the last one, also when an operator opened its gate', async (t) => {
  const { file, place, serve, etcdAt } = await threeSites(t)
  await writeEpoch(place('daejeon').siteState, { epoch: 2, members: ['daejeon'], sinceMs: 1, by: 'root' })
  await writeEpoch(place('busan').siteState, {
    epoch: 1,
    members: ['busan', 'daejeon', 'chuncheon'],
    sinceMs: undefined,
    by: undefined,
  })
  await openGate(place('busan').siteState, 1)
  assert.equal((await lookAtGate(deps(file), place('busan'), 'etcd')).because, 'opened')
  await Promise.all([serve('daejeon'), etcdAt('daejeon')])
  assert.equal((await lookAtGate(deps(file), place('busan'), 'etcd')).because, 'older_epoch')
  await closeGate(place('busan').siteState, 1)

  // The last site itself needs nobody.
  assert.equal((await lookAtGate(deps(file), place('daejeon'), 'etcd')).because, 'all_present')
})

test('a site is admitted to an epoch durably, once, and only where etcd runs in that epoch', async (t) => {
  const { file, place, serve, etcdAt } = await threeSites(t)
  const [busan, daejeon] = [siteNamed(file, 'busan'), siteNamed(file, 'daejeon')]
  const { siteState } = place('daejeon')
  await writeEpoch(siteState, { epoch: 2, members: ['daejeon'], sinceMs: 1, by: 'root' })
  await serve('daejeon')
  const gates = createGateClient(file)
  await assert.rejects(gates.admit(daejeon, busan, 2), /etcd does not run/)
  await etcdAt('daejeon')
  await assert.rejects(gates.admit(daejeon, busan, 1), /this site is in epoch 2/)
  await gates.admit(daejeon, busan, 2)
  await gates.admit(daejeon, busan, 2)
  assert.deepEqual((await readEpoch(siteState, file)).members, ['daejeon', 'busan'])
  assert.equal((await lookAtGate(deps(file), place('daejeon'), 'etcd')).because, 'sites_missing')
})

test('an epoch that cannot be read keeps the gate shut instead of counting as the first', async (t) => {
  const { file, place, serve } = await threeSites(t)
  await Promise.all(['busan', 'daejeon', 'chuncheon'].map(serve))
  const { siteState } = place('busan')
  await writeEpoch(siteState, { epoch: 2, members: ['busan'], sinceMs: 1, by: 'root' })
  await writeFile(epochPath(siteState), '{"epoch": 2, "mem')
  await assert.rejects(lookAtGate(deps(file), place('busan'), 'etcd'), /does not hold an epoch/)
  assert.equal(await createGateClient(file).status(siteNamed(file, 'busan')), undefined)
  // Nor does it count for others as present.
  assert.equal((await lookAtGate(deps(file), place('daejeon'), 'etcd')).because, 'sites_missing')
})
