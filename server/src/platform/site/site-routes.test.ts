import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { testApp } from '../testing/app.ts'
import { atEnd } from '../testing/cleanup.ts'
import { exampleSites } from './testing.ts'

test('a node of one site says where it stands, and one of several what it sees of the others', async (t) => {
  const alone = await testApp(t)
  const answer = await alone.http.inject({ url: '/api/site/v1/status' })
  assert.deepEqual(answer.json(), { site: 'home', node: 'home-1' })

  const folder = await mkdtemp(join(tmpdir(), 'dure-sites-'))
  atEnd(t, () => rm(folder, { recursive: true, force: true }))
  // Addresses on this machine where nobody listens.
  const here = exampleSites
    .replaceAll('10.88.', '127.88.')
    .replace('planned:', 'ports: { etcdClient: 1, node: 2 }\nplanned:')
  await writeFile(join(folder, 'sites.yaml'), here)
  const environment = {
    DURE_SITES: join(folder, 'sites.yaml'),
    DURE_SITE: 'daejeon',
    DURE_NODE: 'daejeon-1',
    DURE_SERVER_NAME: 'chat.example.org',
  }
  const one = await testApp(t, { environment })
  const status = (await one.http.inject({ url: '/api/site/v1/status' })).json()
  assert.deepEqual(Object.keys(status.sites), ['busan', 'chuncheon'])
  assert.equal(status.watcher, 'on')
  assert.equal(status.leader, null)
  assert.equal(status.verdict, 'etcd_failed')
  assert.equal(
    (await one.http.inject({ url: '/api/site/v1/status', remoteAddress: '127.88.1.1' })).statusCode,
    200,
  )
  assert.match(
    (await one.http.inject({ url: '/metrics' })).body,
    /dure_site_reachable\{peer="busan",site="daejeon"/,
  )
})
