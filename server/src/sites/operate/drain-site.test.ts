import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePort } from '../../../test/support/free-port.ts'
import { systemClock } from '../../platform/clock.ts'
import { readSitesFile } from '../../platform/site/sites-file.ts'
import { exampleSites } from '../../platform/site/testing.ts'
import { testApp } from '../../platform/testing/app.ts'
import { atEnd } from '../../platform/testing/cleanup.ts'
import { openTestDatabase, testDatabase } from '../../platform/testing/database.ts'
import { bestCandidate, drainSite, undrainSite } from './drain-site.ts'
import { createNodeClient } from './node-client.ts'
import type { Member, PatroniClient } from './patroni-client.ts'

const standby = (name: string, lag: number): Member => ({
  name,
  role: 'quorum_standby',
  state: 'streaming',
  lag,
})

/** Patroni as it answers; a switch-over takes effect at once. */
function patroniLedBy(leader: string): PatroniClient & { moves: string[] } {
  const moves: string[] = []
  let leads = leader
  return {
    moves,
    async cluster() {
      const names = ['busan', 'daejeon', 'chuncheon']
      return {
        members: names.map((name, index) =>
          name === leads ? { name, role: 'leader', state: 'running' } : standby(name, index),
        ),
      }
    },
    async switchover(from, to) {
      moves.push(`${from} -> ${to}`)
      leads = to
    },
  }
}

/** Real nodes of busan and daejeon on one database; chuncheon is dark. */
async function twoSites(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'dure-sites-'))
  atEnd(t, () => rm(folder, { recursive: true, force: true }))
  const port = await freePort()
  const path = join(folder, 'sites.yaml')
  await writeFile(
    path,
    exampleSites
      .replace(/10\.88\.(\d)\.1/g, '127.88.0.$1')
      .replace('planned:', `ports: { etcdClient: 1, node: ${port} }\nplanned:`),
  )
  const file = readSitesFile(path)
  const { url: databaseUrl } = await testDatabase(t)
  const db = openTestDatabase(databaseUrl)
  atEnd(t, () => db.close())
  for (const { name, address } of file.sites.slice(0, 2)) {
    const environment = {
      DURE_SITES: path,
      DURE_SITE: name,
      DURE_NODE: `${name}-1`,
      DURE_SERVER_NAME: 'chat.example.org',
      DURE_HOST: address,
      DURE_PORT: String(port),
      DURE_DEV: '1',
    }
    await (await testApp(t, { environment, databaseUrl })).listen()
  }
  return { file, db, nodes: createNodeClient(file) }
}

test('a drain moves the database, waits until nobody is left, and undrain brings the site back', async (t) => {
  const { file, db, nodes } = await twoSites(t)
  const patroni = patroniLedBy('busan')
  const said: string[] = []
  const deps = { db, clock: systemClock, patroni, nodes, say: (line: string) => said.push(line) }
  await drainSite(deps, file, 'busan')
  assert.deepEqual(patroni.moves, ['busan -> daejeon'])
  assert.equal(said[0], 'warning: chuncheon is not ready; the rest of the sites carry its load as well')
  assert.equal(said.at(-1), 'busan is drained')
  const url = `http://127.88.0.1:${file.ports.node}/_matrix/client/versions`
  assert.equal((await fetch(url)).status, 503)
  assert.equal((await fetch(url.replace('127.88.0.1', '127.88.0.2'))).status, 200)

  // The only other one that serves is drained already.
  await assert.rejects(drainSite(deps, file, 'daejeon'), /no other site is ready/)

  await undrainSite(deps, file, 'busan')
  assert.equal((await fetch(url)).status, 200)
})

test('the database moves to the member of the quorum that is least behind', () => {
  const leader: Member = { name: 'a', role: 'leader', state: 'running' }
  assert.equal(bestCandidate([leader, standby('b', 9), standby('c', 2)])?.name, 'c')
  assert.equal(bestCandidate([leader, { ...standby('b', 0), role: 'replica' }]), undefined)
  assert.equal(bestCandidate([leader, { ...standby('b', 0), state: 'starting' }]), undefined)
})
