import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { systemClock } from '../../platform/clock.ts'
import { parseSitesFile } from '../../platform/site/sites-file.ts'
import { exampleSites } from '../../platform/site/testing.ts'
import { atEnd } from '../../platform/testing/cleanup.ts'
import { checkLive, checkOwnPatroni } from './check-live.ts'

type Answers = { version: string; strict: boolean; lag: number; hoursAhead: number }

/** One server that answers as each site's Patroni, etcd and node would: the programs themselves are not ours. */
async function sites(t: TestContext, { version, strict, lag, hoursAhead }: Answers) {
  const pages: Record<string, unknown> = {
    '/patroni': { patroni: { version }, server_version: 170_006 },
    '/config': { synchronous_mode: 'quorum', synchronous_mode_strict: strict },
    '/cluster': {
      members: [
        { name: 'busan', role: 'leader', state: 'running' },
        { name: 'daejeon', role: 'quorum_standby', state: 'streaming', lag: 0 },
        { name: 'chuncheon', role: 'replica', state: 'streaming', lag },
      ],
    },
    '/version': { etcdserver: '3.5.16' },
    '/health': { health: 'true' },
    '/readyz': { status: 'ready' },
  }
  const server: Server = createServer((request, response) => {
    response.setHeader('date', new Date(systemClock.now() + hoursAhead * 3_600_000).toUTCString())
    response.end(JSON.stringify(pages[request.url ?? '']))
  })
  server.listen(0, '0.0.0.0')
  await once(server, 'listening')
  atEnd(t, async () => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const file = parseSitesFile(exampleSites.replace(/10\.88\.(\d)\.1/g, '127.88.0.$1'))
  return {
    ...file,
    ports: {
      node: port,
      postgres: port,
      patroni: port,
      etcdClient: port,
      etcdPeer: port,
      gate: port,
      wireguard: 1,
    },
  }
}

const good: Answers = { version: '4.0.7', strict: true, lag: 0, hoursAhead: 0 }
const problems = async (file: Awaited<ReturnType<typeof sites>>) =>
  (await checkLive({ clock: systemClock }, file))
    .filter(({ level }) => level === 'problem')
    .map(({ what }) => what)

test('sites that are as they should be have no problems', async (t) => {
  assert.deepEqual(await problems(await sites(t, good)), [])
})

test('Patroni before 4 is refused, by the check of all sites and by the doctor of each', async (t) => {
  const file = await sites(t, { ...good, version: '3.0.2' })
  assert.deepEqual(
    await problems(file),
    ['busan', 'daejeon', 'chuncheon'].map((site) => `${site}: Patroni 3.0.2 with the v3 interface of etcd`),
  )
  const [site] = file.sites
  assert(site)
  const [own] = await checkOwnPatroni({ clock: systemClock }, file, site)
  assert.equal(own?.level, 'problem')
})

test('a mode that is not strict, a replica that is behind and a clock that is wrong are problems', async (t) => {
  const found = await problems(
    await sites(t, { version: '4.0.7', strict: false, lag: 99_000_000, hoursAhead: 2 }),
  )
  assert.match(found.join('\n'), /synchronous_mode_strict is false instead of true/)
  assert.match(found.join('\n'), /chuncheon: the database does not follow/)
  assert.match(found.join('\n'), /busan: its clock differs by about (7199|720\d) s/)
})

test('sites where nothing answers are told port by port', async () => {
  const file = parseSitesFile(exampleSites.replace(/10\.88\.(\d)\.1/g, '127.88.9.$1'))
  const found = await problems({
    ...file,
    ports: { ...file.ports, node: 1, postgres: 1, patroni: 1, etcdClient: 1, etcdPeer: 1, gate: 1 },
  })
  assert(found.includes('busan: nothing answers at the port of node (127.88.9.1, 1)'))
  assert(found.includes('no Patroni answers'))
})
