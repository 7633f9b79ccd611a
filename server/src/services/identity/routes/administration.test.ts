import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { testApp } from '../../../platform/testing/app.ts'
import { setAdministrator } from '../operations/accounts.ts'
import { logIn, registerPerson } from '../testing.ts'

const accounts = '/api/identity/v1/admin/accounts'

async function fixture(t: TestContext) {
  const app = await testApp(t)
  const admin = await registerPerson(app.http, 'admin')
  const bob = await registerPerson(app.http, 'bob')
  await setAdministrator(app.platform.db, admin.userId, true)
  return { ...app, admin, bob }
}

test('administrators page through accounts and search them', async (t) => {
  const { http, admin, bob } = await fixture(t)
  await registerPerson(http, 'carol')
  const names = (body: { accounts: { user_id: string }[] }) => body.accounts.map((account) => account.user_id)
  const first = (await admin.call('GET', `${accounts}?limit=2`)).body
  assert.deepEqual([names(first), first.next], [[admin.userId, bob.userId], bob.userId])
  const rest = (await admin.call('GET', `${accounts}?limit=2&from=${encodeURIComponent(first.next)}`)).body
  assert.deepEqual([names(rest), rest.next], [['@carol:dure.test'], undefined])
  assert.deepEqual(names((await admin.call('GET', `${accounts}?search=ob`)).body), [bob.userId])
  assert.equal((await admin.call('GET', `${accounts}?limit=0`)).status, 400)
  assert.equal((await bob.call('GET', accounts)).status, 403)
})

test('an account is shown with what it is restricted to and where it is logged in', async (t) => {
  const { admin, bob, services } = await fixture(t)
  await services.identity.restrictAccount({ userId: bob.userId, restriction: 'suspended', on: true })
  const { body } = await admin.call('GET', `${accounts}/${bob.userId}`)
  assert.deepEqual(
    [body.user_id, body.kind, body.administrator, body.profile.displayname, body.devices[0].device_id],
    [bob.userId, 'user', false, 'bob', bob.deviceId],
  )
  assert.equal(typeof body.suspended_at_ms, 'number')
  assert.equal('locked_at_ms' in body, false)
  assert.equal((await admin.call('GET', `${accounts}/@nobody:dure.test`)).status, 404)
})

test('administrators set passwords, end sessions and deactivate accounts', async (t) => {
  const { http, admin, bob } = await fixture(t)
  const change = { new_password: 'a password given by hand' }
  assert.equal((await admin.call('PUT', `${accounts}/${bob.userId}/password`, change)).status, 200)
  assert.equal((await bob.call('GET', 'account/whoami')).status, 401)
  const again = await logIn(http, { ...bob, password: change.new_password })
  assert.equal((await admin.call('DELETE', `${accounts}/${bob.userId}/devices`)).status, 200)
  assert.equal((await again.call('GET', 'account/whoami')).status, 401)
  assert.equal(
    (await admin.call('POST', `${accounts}/${bob.userId}/deactivate`, { erase: true })).status,
    200,
  )
  await assert.rejects(logIn(http, { ...bob, password: change.new_password }))
})

test('administrators are safe from each other', async (t) => {
  const { http, platform, admin } = await fixture(t)
  const other = await registerPerson(http, 'other')
  await setAdministrator(platform.db, other.userId, true)
  const change = { new_password: 'a password given by hand' }
  for (const answer of [
    await admin.call('PUT', `${accounts}/${other.userId}/password`, change),
    await admin.call('DELETE', `${accounts}/${other.userId}/devices`),
    await admin.call('POST', `${accounts}/${other.userId}/deactivate`, {}),
  ])
    assert.deepEqual([answer.status, answer.body.code], [403, 'identity.administrator_protected'])
  assert.equal((await other.call('GET', 'account/whoami')).status, 200)
})
