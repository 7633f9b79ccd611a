import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from '../../platform/db/sql.ts'
import { signJson } from '../../platform/signed-json/signing.ts'
import { formatToken } from '../../platform/stream/token.ts'
import { testApp, testNodes } from '../../platform/testing/app.ts'
import { logIn, type Person, registerPerson } from '../identity/testing.ts'
import { foundingDrafts, member } from '../rooms/testing.ts'
import { testDevice, uploadCrossSigningKeys, uploadDevice } from './testing.ts'

type Node = Awaited<ReturnType<typeof testApp>>

/** Waits until every node has read what is committed, and gives that position. */
async function caughtUp(...nodes: Node[]): Promise<number> {
  const head = (await nodes[0]?.platform.stream.head()) ?? 0
  await Promise.all(nodes.map(({ platform }) => platform.stream.reached(head, AbortSignal.timeout(10_000))))
  return head
}

async function twoNodes(t: TestContext): Promise<[Node, Node]> {
  const [here, there] = await testNodes(t, 2)
  assert(here && there)
  return [here, there]
}

async function foundRoom({ services }: Node, [creator, ...others]: readonly Person[]): Promise<string> {
  assert(creator)
  const { roomId } = await services.rooms.found({
    version: '11',
    sender: creator.userId,
    drafts: foundingDrafts(creator.userId, { version: '11' }),
  })
  for (const { userId } of others) await setMembership(services, roomId, userId, 'join')
  return roomId
}

async function setMembership(
  { rooms }: Node['services'],
  roomId: string,
  userId: string,
  membership: 'join' | 'leave',
) {
  await rooms.append({ roomId, sender: userId, drafts: [member(userId, membership)] })
}

test('every node tells whose keys changed, also for ranges that it does not remember', async (t) => {
  const [here, there] = await twoNodes(t)
  const alice = await registerPerson(here.http, 'alice')
  const bob = await registerPerson(here.http, 'bob')
  const start = await caughtUp(here, there)
  await uploadDevice(alice)
  const middle = await caughtUp(here, there)
  await uploadCrossSigningKeys(bob)
  const end = await caughtUp(here, there)
  // A node that starts now has seen none of it.
  const late = await testApp(t, { databaseUrl: here.databaseUrl, environment: { DURE_NODE: 'late' } })
  const both = new Set([alice.userId, bob.userId])

  for (const { services } of [here, there, late]) {
    const changed = async (users: ReadonlySet<string>, after: number) =>
      [...(await services.keys.changedUsers(users, after, end, alice.userId))].sort()
    assert.deepEqual(await changed(both, start), [alice.userId, bob.userId])
    assert.deepEqual(await changed(both, middle), [bob.userId])
    assert.deepEqual(await changed(new Set([alice.userId]), middle), [])
    assert.deepEqual(await changed(both, end), [])
  }
})

test('an upload that changes nothing is no change', async (t) => {
  const node = await testApp(t)
  const alice = await registerPerson(node.http, 'alice')
  const body = {
    one_time_keys: testDevice(alice).oneTimeKeys(2),
    fallback_keys: testDevice(alice).fallbackKey('F'),
  }
  await uploadDevice(alice, body)
  const { body: crossSigning } = await uploadCrossSigningKeys(alice)
  const before = await caughtUp(node)

  await uploadDevice(alice, body)
  await alice.call('POST', 'keys/device_signing/upload', crossSigning)

  assert.equal(await node.platform.stream.head(), before)
})

test("signing another person's key is a change for the signer alone", async (t) => {
  const [here, there] = await twoNodes(t)
  const alice = await registerPerson(here.http, 'alice')
  const bob = await registerPerson(here.http, 'bob')
  const { userSigning } = await uploadCrossSigningKeys(alice)
  const { body, master } = await uploadCrossSigningKeys(bob)
  const after = await caughtUp(here, there)

  await alice.call('POST', 'keys/signatures/upload', {
    [bob.userId]: { [master.publicKey]: signJson(body.master_key, alice.userId, userSigning) },
  })

  const upTo = await caughtUp(here, there)
  for (const { services } of [here, there]) {
    const seenBy = async ({ userId }: Person) => [
      ...(await services.keys.changedUsers(new Set([alice.userId, bob.userId]), after, upTo, userId)),
    ]
    assert.deepEqual(await seenBy(alice), [bob.userId])
    assert.deepEqual(await seenBy(bob), [])
  }
})

test('key counts are true on every node after uploads and claims, and tell when they changed', async (t) => {
  const [here, there] = await twoNodes(t)
  const alice = await registerPerson(here.http, 'alice')
  const laptop = await logIn(here.http, alice)
  const expect = async (count: number, unusedFallbackTypes: string[], since: number) => {
    const upTo = await caughtUp(here, there)
    for (const { keys } of [here.services, there.services]) {
      assert.deepEqual(await keys.counts(alice.userId, alice.deviceId), {
        oneTimeKeys: { signed_curve25519: count },
        unusedFallbackTypes,
      })
      assert.equal(keys.countsChanged(alice.userId, alice.deviceId, since, upTo), since < upTo)
      assert.equal(keys.countsChanged(alice.userId, laptop.deviceId, since, upTo), false)
    }
    return upTo
  }
  const start = await expect(0, [], await caughtUp(here, there))
  const { oneTimeKeys, fallbackKey } = testDevice(alice)
  await alice.call('POST', 'keys/upload', { one_time_keys: oneTimeKeys(3), fallback_keys: fallbackKey('F') })
  const uploaded = await expect(3, ['signed_curve25519'], start)

  const one_time_keys = { [alice.userId]: { [alice.deviceId]: 'signed_curve25519' } }
  await alice.call('POST', 'keys/claim', { one_time_keys })
  const claimed = await expect(2, ['signed_curve25519'], uploaded)
  for (let i = 0; i < 3; i++) await alice.call('POST', 'keys/claim', { one_time_keys })
  await expect(0, [], claimed)
})

test('logging out takes the keys of the device along and tells those who know it', async (t) => {
  const node = await testApp(t)
  const alice = await registerPerson(node.http, 'alice')
  const laptop = await logIn(node.http, alice)
  const phoneKeys = await uploadDevice(alice)
  const laptopKeys = await uploadDevice(laptop, {
    one_time_keys: testDevice(laptop).oneTimeKeys(2),
    fallback_keys: testDevice(laptop).fallbackKey('F'),
  })
  const { body, master } = await uploadCrossSigningKeys(alice)
  const signedByPhone = signJson(body.master_key, alice.userId, phoneKeys.signingKey)
  await alice.call('POST', 'keys/signatures/upload', {
    [alice.userId]: { [master.publicKey]: signJson(signedByPhone, alice.userId, laptopKeys.signingKey) },
  })
  const after = await caughtUp(node)

  const forgotten = new Promise<void>((resolve) => {
    node.platform.stream.onAdvance((_, moves) => {
      if (moves.some(({ topic }) => topic === 'keys')) resolve()
    })
  })
  assert.equal((await laptop.call('POST', 'logout', {})).status, 200)
  await forgotten

  const changed = await node.services.keys.changedUsers(
    new Set([alice.userId]),
    after,
    await caughtUp(node),
    alice.userId,
  )
  assert.deepEqual([...changed], [alice.userId])
  const query = await alice.call('POST', 'keys/query', { device_keys: { [alice.userId]: [] } })
  assert.deepEqual(Object.keys(query.body.device_keys[alice.userId]), [alice.deviceId])
  assert.deepEqual(query.body.master_keys[alice.userId], signedByPhone)
  const claim = await alice.call('POST', 'keys/claim', {
    one_time_keys: { [alice.userId]: { [laptop.deviceId]: 'signed_curve25519' } },
  })
  assert.deepEqual(claim.body.one_time_keys, {})
})

test('deactivating an account leaves nothing of its keys', async (t) => {
  const node = await testApp(t)
  const { db } = node.platform
  const alice = await registerPerson(node.http, 'alice')
  const bob = await registerPerson(node.http, 'bob')
  await uploadDevice(bob)
  await uploadDevice(alice, { one_time_keys: testDevice(alice).oneTimeKeys(2) })
  await uploadCrossSigningKeys(alice)
  await node.services.keys.backup.create(alice.userId, {
    algorithm: 'm.megolm_backup.v1.curve25519-aes-sha2',
    authData: { public_key: 'x' },
  })
  const after = await caughtUp(node)

  await node.services.keys.forgetUser(alice.userId)
  await node.services.keys.forgetUser(alice.userId)

  const owners = await db.rows(sql`
    select user_id from keys.device union select user_id from keys.one_time_key
    union select user_id from keys.cross_signing_key union select user_id from keys.backup
    union select user_id from keys.stock`)
  assert.deepEqual(owners, [{ user_id: bob.userId }])
  const upTo = await caughtUp(node)
  const changed = await node.services.keys.changedUsers(new Set([alice.userId]), after, upTo, bob.userId)
  assert.deepEqual([...changed], [alice.userId])
})

test('keys/changes names people who share a room and changed keys or came, and those who went', async (t) => {
  const node = await testApp(t)
  const names = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank']
  const people = await Promise.all(names.map((name) => registerPerson(node.http, name)))
  const [alice, bob, carol, dave, erin, frank] = people
  assert(alice && bob && carol && dave && erin && frank)
  const roomId = await foundRoom(node, [alice, bob, dave])
  const left = await foundRoom(node, [alice, bob, erin])
  const from = formatToken({ position: await caughtUp(node) })

  await uploadDevice(bob)
  await uploadDevice(frank)
  await setMembership(node.services, roomId, carol.userId, 'join')
  await setMembership(node.services, roomId, dave.userId, 'leave')
  await setMembership(node.services, left, alice.userId, 'leave')
  const to = formatToken({ position: await caughtUp(node) })

  const changes = async (range: string) => {
    const { status, body } = await alice.call('GET', `keys/changes?${range}`)
    return [status, status === 200 ? body : body.errcode]
  }
  assert.deepEqual(await changes(`from=${from}&to=${to}`), [
    200,
    { changed: [bob.userId, carol.userId].sort(), left: [dave.userId, erin.userId].sort() },
  ])
  assert.deepEqual(await changes(`from=${to}&to=${to}`), [200, { changed: [], left: [] }])
  assert.deepEqual(await changes(`from=${from}&to=s999999`), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(await changes(`from=nonsense&to=${to}`), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(await changes(`from=${from}`), [400, 'M_MISSING_PARAM'])
})

test('somebody who joins a room learns whose devices to fetch', async (t) => {
  const node = await testApp(t)
  const alice = await registerPerson(node.http, 'alice')
  const bob = await registerPerson(node.http, 'bob')
  await uploadDevice(alice)
  const roomId = await foundRoom(node, [alice])
  const from = formatToken({ position: await caughtUp(node) })
  await setMembership(node.services, roomId, bob.userId, 'join')
  const to = formatToken({ position: await caughtUp(node) })

  const { body } = await bob.call('GET', `keys/changes?from=${from}&to=${to}`)

  assert.deepEqual(body, { changed: [alice.userId], left: [] })
})

test('a token of another node is waited for', async (t) => {
  const [here, there] = await twoNodes(t)
  const alice = await registerPerson(here.http, 'alice')
  const from = formatToken({ position: await caughtUp(here, there) })
  await uploadDevice(alice)
  const position = await caughtUp(here)

  const { body } = await there.http
    .inject({
      url: `/_matrix/client/v3/keys/changes?from=${from}&to=${formatToken({ position })}`,
      headers: { authorization: `Bearer ${alice.token}` },
    })
    .then((answer) => ({ body: answer.json() }))

  assert.deepEqual(body, { changed: [alice.userId], left: [] })
})
