import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../platform/clock.ts'
import { sql } from '../../platform/db/sql.ts'
import { createTestClock } from '../../platform/testing/clock.ts'
import { openTestDatabase, testDatabase } from '../../platform/testing/database.ts'
import { createTestRandom } from '../../platform/testing/random.ts'
import { cleanUp } from './jobs/clean-up.ts'
import { loadSigningKey } from './operations/load-signing-key.ts'
import { identityAlone } from './testing.ts'

test('changes of name and avatar become jobs in the same transaction, others do not', async (t) => {
  const { identity, register, jobs } = await identityAlone(t)
  const { userId, accessToken } = await register('alice')
  const caller = await identity.authenticate(accessToken)
  const set = (key: string, value: string) =>
    identity.setProfileField({ caller, userId, key }, { [key]: value })
  await set('displayname', 'alice')
  await set('m.tz', 'Asia/Jakarta')
  assert.deepEqual(await jobs('identity.profile_changed'), [], 'the name is what it was')
  await set('displayname', 'Alice')
  await set('avatar_url', 'mxc://dure.test/a')
  await set('displayname', 'Alicia')
  assert.deepEqual(await jobs('identity.profile_changed'), [
    { userId, fields: ['avatar_url'], before: [null] },
    { userId, fields: ['displayname'], before: ['alice', 'Alice'] },
  ])
})

test('the end of devices becomes one job for each request', async (t) => {
  const { identity, register, jobs } = await identityAlone(t)
  const { userId, deviceId } = await register('alice')
  const password = 'the password of alice'
  const session = { deviceId: undefined, displayName: undefined, refreshable: false }
  const logIn = () => identity.logIn({ identifier: { type: 'm.id.user', user: 'alice' }, password }, session)
  const other = await logIn()
  await identity.deleteDevices(userId, { only: ['NONE'] })
  assert.deepEqual(await jobs('identity.device_deleted'), [])
  await identity.deleteDevices(userId, 'all')
  const [job] = await jobs('identity.device_deleted')
  const told = (job as { deviceIds: string[] }).deviceIds.sort()
  assert.deepEqual(told, [deviceId, other.deviceId].sort())
  await logIn()
  await identity.deleteDevices(userId, 'all')
  assert.equal((await jobs('identity.device_deleted')).length, 2)
})

test('a deactivation becomes a job, and the devices end with it', async (t) => {
  const { identity, register, jobs } = await identityAlone(t)
  const { userId, deviceId } = await register('alice')
  assert.equal(await identity.accountExists(userId), true)
  await identity.deactivateAccount(userId, true)
  assert.equal(await identity.accountExists(userId), false)
  assert.deepEqual(await jobs('identity.account_deactivated'), [{ userId, erase: true }])
  assert.deepEqual(await jobs('identity.device_deleted'), [{ userId, deviceIds: [deviceId] }])
})

test('other services get profiles and devices of many people at once', async (t) => {
  const { identity, register } = await identityAlone(t)
  const alice = await register('alice')
  const bob = await register('bob')
  await identity.deactivateAccount(bob.userId, false)
  const people = [alice.userId, bob.userId, '@nobody:dure.test']
  assert.deepEqual(await identity.profiles(people), new Map([[alice.userId, { displayname: 'alice' }]]))
  const devices = await identity.devices(people)
  assert.deepEqual([...devices.keys()], [alice.userId])
  assert.equal(devices.get(alice.userId)?.[0]?.deviceId, alice.deviceId)
})

test('a session keeps its id when its tokens are renewed, and another login gets another one', async (t) => {
  const { identity, register } = await identityAlone(t)
  const alice = await register('alice')
  assert(alice.refreshToken)
  const before = await identity.authenticate(alice.accessToken)
  const renewed = await identity.refreshTokens(alice.refreshToken)
  assert.deepEqual(await identity.authenticate(renewed.accessToken), before)

  await identity.logOut(before)
  const again = await identity.logIn(
    { identifier: { type: 'm.id.user', user: 'alice' }, password: 'the password of alice' },
    { deviceId: alice.deviceId, displayName: undefined, refreshable: false },
  )
  const after = await identity.authenticate(again.accessToken)
  assert.equal(after.deviceId, before.deviceId)
  assert.notEqual(after.sessionId, before.sessionId)
})

test('authentication of a session that is remembered asks the database nothing', async (t) => {
  const { identity, platform, register } = await identityAlone(t)
  const { accessToken } = await register('alice')
  const caller = await identity.authenticate(accessToken)
  await platform.close()
  assert.deepEqual(await identity.authenticate(accessToken), caller)
})

test('nodes that start at the same moment agree on the signing key', async (t) => {
  const { url } = await testDatabase(t)
  const keys = await Promise.all(
    [1, 2, 3, 4].map(async (seed) => {
      const db = openTestDatabase(url)
      const key = await loadSigningKey({ db, clock: systemClock, random: createTestRandom(seed) })
      await db.close()
      return key
    }),
  )
  assert.equal(new Set(keys.map(({ id, publicKey }) => `${id} ${publicKey}`)).size, 1)
  assert.match(keys[0]?.id ?? '', /^ed25519:a_[A-Za-z0-9]{6}$/)
})

test('hashes made with other costs are renewed when their password passes by', async (t) => {
  const { identity, platform, register, otherNode } = await identityAlone(t)
  await register('alice')
  const hashes = () =>
    platform.db.rows<{ hash: string }>(sql`select password_hash as hash from identity.account`)
  const [cheap] = await hashes()
  assert.match(cheap?.hash ?? '', /^\$argon2id\$v=19\$m=64,t=1,p=1\$/)
  const dearer = otherNode({ passwordMemory: 128 * 1024, passwordPasses: 2 })
  await dearer.logIn(
    { identifier: { type: 'm.id.user', user: 'alice' }, password: 'the password of alice' },
    { deviceId: undefined, displayName: undefined, refreshable: false },
  )
  const [renewed] = await hashes()
  assert.match(renewed?.hash ?? '', /^\$argon2id\$v=19\$m=128,t=2,p=1\$/)
  await identity.logIn(
    { identifier: { type: 'm.id.user', user: 'alice' }, password: 'the password of alice' },
    { deviceId: undefined, displayName: undefined, refreshable: false },
  )
})

test('the clean-up takes what has expired and leaves what is in use', async (t) => {
  const clock = createTestClock()
  const { identity, platform, register } = await identityAlone(t, { clock })
  const alice = await register('alice')
  assert(alice.refreshToken)
  const renewed = await identity.refreshTokens(alice.refreshToken)
  const caller = await identity.authenticate(renewed.accessToken)
  await identity.createLoginToken(alice.userId)
  await identity.deleteDevices((await register('bob')).userId, 'all')
  const count = async () => {
    const [row] = await platform.db.rows<Record<string, number>>(sql`
      select (select count(*) from identity.interactive_session) as sessions,
        (select count(*) from identity.login_token) as login_tokens,
        (select count(*) from identity.token_pair) as pairs, (select count(*) from identity.session_end) as ends`)
    return row
  }
  await cleanUp(platform)
  assert.deepEqual(await count(), { sessions: 2, login_tokens: 1, pairs: 2, ends: 1 })
  await clock.advance(8 * 86_400_000)
  await cleanUp(platform)
  await cleanUp(platform)
  assert.deepEqual(await count(), { sessions: 0, login_tokens: 0, pairs: 1, ends: 0 })
  assert(renewed.refreshToken)
  const later = await identity.refreshTokens(renewed.refreshToken)
  assert.deepEqual(await identity.authenticate(later.accessToken), caller)
})
