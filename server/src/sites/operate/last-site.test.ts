import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePort } from '../../../test/support/free-port.ts'
import { systemClock } from '../../platform/clock.ts'
import { sql } from '../../platform/db/sql.ts'
import { createEtcd } from '../../platform/site/etcd.ts'
import { parseSitesFile, siteNamed, urlAt } from '../../platform/site/sites-file.ts'
import { exampleSites } from '../../platform/site/testing.ts'
import { atEnd } from '../../platform/testing/cleanup.ts'
import { openTestDatabase, testDatabase } from '../../platform/testing/database.ts'
import { until } from '../../platform/testing/until.ts'
import { type Epoch, readEpoch } from '../gate/epoch.ts'
import { createGateClient } from '../gate/gate-client.ts'
import { debianLayout } from '../render/layout.ts'
import { createEtcdAdmin } from './etcd-admin.ts'
import {
  describeMissing,
  type LastSiteDeps,
  type LastSiteOptions,
  lastSite,
  NotNowError,
} from './last-site.ts'
import { readPatroniState } from './patroni-state.ts'
import { recordEpoch } from './record-epoch.ts'
import { dyingAtEveryStep } from './testing.ts'

const options: LastSiteOptions = {
  site: 'busan',
  lost: ['daejeon', 'chuncheon'],
  fenced: ['chuncheon', 'daejeon'],
  by: 'somebody',
  dryRun: false,
}

/** Site busan with nothing running; `answers` says which of the others can be reached. */
async function busan(t: TestContext, answers: () => readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'dure-last-site-'))
  atEnd(t, () => rm(folder, { recursive: true, force: true }))
  const [etcdClient, etcdPeer] = [await freePort(), await freePort()]
  const file = parseSitesFile(
    exampleSites
      .replace(/10\.88\.(\d)\.1/g, '127.88.2.$1')
      .replace('planned:', `ports: { gate: 1, etcdClient: ${etcdClient}, etcdPeer: ${etcdPeer} }\nplanned:`),
  )
  const url = urlAt(siteNamed(file, 'busan').address, etcdClient)
  const etcd = createEtcd({ clock: systemClock }, { endpoints: [url], hedgeMs: 400, timeoutMs: 2000 })
  atEnd(t, async () => etcd.close())
  const layout = {
    ...debianLayout,
    etc: folder,
    etcd: 'etcd',
    siteState: join(folder, 'site'),
    etcdData: join(folder, 'etcd'),
    users: { ...debianLayout.users, etcd: 'root' },
  }
  const said: string[] = []
  const started: string[] = []
  const recorded: { epoch: Epoch; position: string | undefined }[] = []
  const deps: LastSiteDeps = {
    clock: systemClock,
    machine: {
      layout,
      units: { stop: async () => undefined, start: async (unit) => void started.push(unit) },
    },
    answering: async ({ name }) => (answers().includes(name) ? ['node'] : []),
    gates: createGateClient(file),
    admin: createEtcdAdmin(url),
    etcd,
    ownDatabase: async () => ({
      leads: true,
      runs: true,
      timeline: 3,
      position: 0x5a000,
      newestCommit: undefined,
    }),
    record: async (epoch, _site, position) => void recorded.push({ epoch, position }),
    say: (line) => said.push(line),
  }
  return { file, folder, layout, deps, said, started, recorded, url }
}

test('the last site is not made while another answers, is not named, or was not fenced', async (t) => {
  let answers: string[] = ['chuncheon']
  const { file, layout, deps } = await busan(t, () => answers)
  await assert.rejects(lastSite(deps, file, options), /chuncheon \(node\) can be reached from here/)
  answers = []
  await assert.rejects(lastSite(deps, file, { ...options, lost: ['daejeon'] }), /--lost chuncheon,daejeon/)
  await assert.rejects(lastSite(deps, file, { ...options, fenced: [] }), NotNowError)
  assert.equal(existsSync(layout.siteState), false)
})

test('a site that comes back at the last instant takes the new epoch back', async (t) => {
  let asked = 0
  const { file, layout, deps } = await busan(t, () => (++asked > 2 ? ['daejeon'] : []))
  await assert.rejects(lastSite(deps, file, options), /daejeon \(node\) can be reached/)
  assert.equal((await readEpoch(layout.siteState, file)).epoch, 1)
})

test('a dry run says how far the site is and what would be done, and does nothing', async (t) => {
  const { file, layout, deps, said } = await busan(t, () => [])
  await lastSite(deps, file, { ...options, dryRun: true })
  assert.match(said.join('\n'), /busan has everything up to WAL 0\/5A000 of timeline 3/)
  assert.match(said.join('\n'), /nothing was changed/)
  assert.equal(existsSync(layout.siteState), false)
})

test('etcd of three members becomes one of its own data and knows the epoch, at whichever steps the machine died before', async (t) => {
  if (process.getuid?.() !== 0 || spawnSync('etcd', ['--version']).status !== 0)
    return t.skip('needs root and etcd')
  const { file, folder, layout, deps, started, recorded, url } = await busan(t, () => [])
  const peer = urlAt(siteNamed(file, 'busan').address, file.ports.etcdPeer)
  const elsewhere = ['http://127.88.2.2:1', 'http://127.88.2.3:1']
  const configuration = (members: string) =>
    [
      'name: busan',
      `data-dir: ${layout.etcdData}`,
      ...[`listen-peer-urls: ${peer}`, `initial-advertise-peer-urls: ${peer}`],
      ...[`listen-client-urls: ${url}`, `advertise-client-urls: ${url}`],
      `initial-cluster: ${members}`,
      'initial-cluster-state: new',
      ...['heartbeat-interval: 20', 'election-timeout: 200'],
      'enable-grpc-gateway: true',
      'log-level: error',
    ].join('\n')
  await mkdir(layout.siteState, { recursive: true })
  const path = join(folder, 'etcd.conf.yml')
  await writeFile(path, configuration(`busan=${peer}`))

  // A deployment as Patroni leaves it, whose other two members are gone.
  const first = spawn('etcd', ['--config-file', path], { stdio: 'ignore' })
  atEnd(t, async () => void first.kill('SIGKILL'))
  await until(() => deps.admin.healthy())
  const put = (name: string, value: object) => ({
    put: { key: `/service/${file.cluster}/${name}`, value: JSON.stringify(value) },
  })
  await deps.etcd.transact({
    compares: [],
    operations: [
      put('config', { ttl: 20, synchronous_mode: 'quorum', synchronous_mode_strict: true }),
      put('sync', { leader: 'daejeon', sync_standby: 'busan,chuncheon', quorum: 1 }),
      put('leader', {}),
    ],
  })
  for (const other of elsewhere) await deps.admin.addLearner(other).catch(() => undefined)
  first.kill('SIGTERM')
  await new Promise((resolve) => first.once('exit', resolve))

  const deaths = await dyingAtEveryStep(deps, (mortal) => lastSite(mortal, file, options))
  t.diagnostic(`the machine died ${deaths} times`)
  assert(deaths > 10)
  assert.deepEqual(started.slice(-2), ['dure-etcd', 'dure-patroni'])
  assert.deepEqual(recorded.at(-1)?.position, '0/5A000')
  assert.deepEqual((await readEpoch(layout.siteState, file)).members, ['busan'])
  assert(existsSync(`${layout.etcdData}.before-epoch-2`))

  const again = spawn('etcd', ['--config-file', path], { stdio: 'ignore' })
  atEnd(t, async () => void again.kill('SIGKILL'))
  await until(() => deps.admin.healthy())
  const state = await readPatroniState(deps.etcd, file)
  assert.deepEqual([state.epoch, state.strict, state.sync], [2, false, undefined])
  assert.deepEqual(
    (await deps.admin.members()).map(({ name }) => name),
    ['busan'],
  )
  // Repeated, it finds etcd as it should be and only tells PostgreSQL once more.
  const records = recorded.length
  await lastSite(deps, file, options)
  assert.deepEqual([recorded.length, recorded.at(-1)?.epoch.epoch], [records + 1, 2])
})

test('who decided stands in PostgreSQL once', async (t) => {
  const { url } = await testDatabase(t)
  const db = openTestDatabase(url)
  atEnd(t, () => db.close())
  const epoch = { epoch: 2, members: ['busan'], sinceMs: 1000, by: 'somebody' }
  await recordEpoch(db, epoch, 'busan', '0/5A000')
  await recordEpoch(db, { ...epoch, by: 'somebody else' }, 'busan', '0/6A000')
  const rows = await db.rows(sql`select epoch, site, began_by, wal_position from platform.site_epoch`)
  assert.deepEqual(rows, [{ epoch: 2, site: 'busan', began_by: 'somebody', wal_position: '0/5A000' }])
})

test('what may be missing is said as exactly as it is known', () => {
  const database = { leads: false, runs: true, timeline: 3, position: 1000, newestCommit: 'noon' }
  const state = { sync: { leader: 'daejeon', voters: [] }, leaderPosition: 1234, strict: true, epoch: 1 }
  const said = (...given: Parameters<typeof describeMissing>) => describeMissing(...given).join('\n')
  assert.match(said('busan', database, state), /this site was 234 bytes of WAL behind/)
  assert.match(said('busan', database, { ...state, leaderPosition: 1000 }), /this site was level with it/)
  assert.match(said('daejeon', database, state), /nothing that was acknowledged is missing here/)
  assert.match(said('busan', database, undefined), /cannot be told from here/)
  assert.match(said('busan', undefined, state), /does not say how far it is/)
})
