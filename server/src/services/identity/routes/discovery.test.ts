import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseSitesFile } from '../../../platform/site/sites-file.ts'
import { exampleSites } from '../../../platform/site/testing.ts'
import { testApp } from '../../../platform/testing/app.ts'
import { registerPerson, request } from '../testing.ts'

test('clients find the server and the versions it speaks', async (t) => {
  const { http } = await testApp(t, { environment: { DURE_PUBLIC_URL: 'https://dure.test' } })
  assert.deepEqual((await request(http, 'GET', '/.well-known/matrix/client')).body, {
    'm.homeserver': { base_url: 'https://dure.test' },
  })
  const { body } = await request(http, 'GET', '/_matrix/client/versions')
  assert.equal(body.versions.length, 19)
  assert.deepEqual([body.versions[0], body.versions.at(-1)], ['v1.1', 'v1.19'])
  assert.deepEqual(body.unstable_features, {
    'org.matrix.simplified_msc3575': true,
    'org.matrix.msc4174': true,
  })
})

test('clients learn the addresses of all sites, but of one that takes no requests, and who answered', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'dure-sites-'))
  t.after(() => rm(folder, { recursive: true }))
  const file = join(folder, 'sites.yaml')
  await writeFile(file, exampleSites)
  const { serverName, sites } = parseSitesFile(exampleSites)
  const site = sites[1]?.name ?? ''
  const { http } = await testApp(t, {
    environment: {
      DURE_SITES: file,
      DURE_SITE: site,
      DURE_SERVER_NAME: serverName,
      DURE_SITE_WATCHER: 'off',
    },
  })
  const answer = await http.inject('/.well-known/matrix/client')
  assert.deepEqual(
    answer.json()['org.dure.sites'],
    sites.map(({ name, publicUrl }) => ({ name, base_url: publicUrl })),
  )
  assert.equal(answer.headers['dure-site'], site)
  assert.equal(answer.headers['cache-control'], 'public, max-age=60')
  assert.match(String(answer.headers['access-control-expose-headers']), /Retry-After.*Dure-Site/)
})

test('capabilities say what the caller may do', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const { capabilities } = (await alice.call('GET', 'capabilities')).body
  assert.equal(capabilities['m.room_versions'].default, '12')
  assert.equal(capabilities['m.room_versions'].available['11'], 'stable')
  delete capabilities['m.room_versions']
  const { enabled, vapid } = capabilities['org.matrix.msc4174.webpush']
  assert.deepEqual([enabled, Buffer.from(vapid, 'base64url').length], [true, 65])
  delete capabilities['org.matrix.msc4174.webpush']
  assert.deepEqual(capabilities, {
    'm.change_password': { enabled: true },
    'm.forget_forced_upon_leave': { enabled: false },
    'm.profile_fields': { enabled: true },
    'm.set_displayname': { enabled: true },
    'm.set_avatar_url': { enabled: true },
    'm.3pid_changes': { enabled: false },
    'm.get_login_token': { enabled: true },
  })
  const guest = await request(http, 'POST', 'register?kind=guest', { body: {} })
  const asGuest = await request(http, 'GET', 'capabilities', { token: guest.body.access_token })
  assert.deepEqual(asGuest.body.capabilities['m.profile_fields'], { enabled: true, allowed: ['displayname'] })
  assert.deepEqual(asGuest.body.capabilities['m.change_password'], { enabled: false })
  assert.equal((await request(http, 'GET', 'capabilities')).body.errcode, 'M_MISSING_TOKEN')
})
