import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { testApp, testNodes } from '../../../platform/testing/app.ts'
import { type Person, registerPerson } from '../../identity/testing.ts'
import type { BackupKey } from './backup-keys.ts'

const algorithm = 'm.megolm_backup.v1.curve25519-aes-sha2'
const auth_data = { public_key: 'abcdefg', signatures: {} }
const room = '!room:dure.test'
const otherRoom = '!other:dure.test'

function key(given: Partial<BackupKey> = {}): BackupKey {
  return {
    first_message_index: 0,
    forwarded_count: 0,
    is_verified: false,
    session_data: { ciphertext: 'x' },
    ...given,
  }
}

async function createVersion(person: Person): Promise<string> {
  const { status, body } = await person.call('POST', 'room_keys/version', { algorithm, auth_data })
  assert.equal(status, 200, JSON.stringify(body))
  return body.version
}

test('a backup is created, read, changed and deleted', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const path = (version: string) => `room_keys/version/${version}`
  assert.equal((await alice.call('GET', 'room_keys/version')).status, 404)
  const first = await createVersion(alice)
  const second = await createVersion(alice)
  assert.notEqual(first, second)

  const described = { algorithm, auth_data, count: 0, etag: '0' }
  assert.deepEqual((await alice.call('GET', 'room_keys/version')).body, { ...described, version: second })
  assert.deepEqual((await alice.call('GET', path(first))).body, { ...described, version: first })

  const changed = { public_key: 'another' }
  const update = await alice.call('PUT', path(second), { algorithm, auth_data: changed, version: second })
  assert.deepEqual([update.status, update.body], [200, {}])
  assert.deepEqual((await alice.call('GET', path(second))).body.auth_data, changed)

  assert.deepEqual((await alice.call('DELETE', path(second))).body, {})
  assert.equal((await alice.call('DELETE', path(second))).status, 200, 'deleting it again is fine')
  assert.equal((await alice.call('GET', path(second))).status, 404)
  assert.equal((await alice.call('GET', 'room_keys/version')).body.version, first)
  assert.notEqual(await createVersion(alice), second, 'a version is never given twice')
})

test('what is wrong with a backup is refused', async (t) => {
  const { http } = await testApp(t, { environment: { DURE_KEYS_BACKUP_VERSIONS_MAX: '1' } })
  const alice = await registerPerson(http, 'alice')
  const bob = await registerPerson(http, 'bob')
  const refused = async (person: Person, method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => {
    const answer = await person.call(method, `room_keys/version${path}`, body)
    return [answer.status, answer.body.errcode]
  }
  assert.deepEqual(await refused(alice, 'POST', '', { algorithm: 'm.other', auth_data }), [
    400,
    'M_INVALID_PARAM',
  ])
  assert.deepEqual(await refused(alice, 'POST', '', { algorithm, auth_data: {} }), [400, 'M_INVALID_PARAM'])
  const signed = { public_key: 'x', signatures: 'y' }
  assert.deepEqual(await refused(alice, 'POST', '', { algorithm, auth_data: signed }), [
    400,
    'M_INVALID_PARAM',
  ])
  assert.deepEqual(await refused(alice, 'POST', '', { algorithm }), [400, 'M_MISSING_PARAM'])
  const large = { public_key: 'x'.repeat(20_000) }
  assert.deepEqual(await refused(alice, 'POST', '', { algorithm, auth_data: large }), [413, 'M_TOO_LARGE'])

  const version = await createVersion(alice)
  assert.deepEqual(await refused(alice, 'POST', '', { algorithm, auth_data }), [413, 'M_TOO_LARGE'])
  const update = (body: object) => refused(alice, 'PUT', `/${version}`, { algorithm, auth_data, ...body })
  assert.deepEqual(await update({ algorithm: 'm.other' }), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(await update({ version: '99' }), [400, 'M_INVALID_PARAM'])
  for (const unknown of ['99', '0', '01', 'nonsense', '9'.repeat(30)]) {
    const path = `/${unknown}`
    assert.deepEqual(await refused(alice, 'PUT', path, { algorithm, auth_data }), [404, 'M_NOT_FOUND'])
    assert.deepEqual(await refused(alice, 'DELETE', path), [404, 'M_NOT_FOUND'])
  }
  assert.deepEqual(await refused(bob, 'DELETE', `/${version}`), [404, 'M_NOT_FOUND'])
})

test('keys are stored, read and deleted one by one, by room and all together', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const version = await createVersion(alice)
  const call = async (method: 'GET' | 'PUT' | 'DELETE', path: string, body?: unknown) => {
    const answer = await alice.call(method, `room_keys/keys${path}?version=${version}`, body)
    return [answer.status, answer.body]
  }
  const [one, two, three] = [key({ first_message_index: 1 }), key({ forwarded_count: 2 }), key()]
  const ofRoom = `/${encodeURIComponent(room)}`

  assert.deepEqual(await call('GET', ''), [200, { rooms: {} }])
  assert.deepEqual(await call('GET', ofRoom), [200, { sessions: {} }])
  assert.deepEqual(await call('PUT', `${ofRoom}/one`, one), [200, { etag: '1', count: 1 }])
  assert.deepEqual(await call('PUT', ofRoom, { sessions: { two } }), [200, { etag: '2', count: 2 }])
  const rooms = { [room]: { sessions: { two } }, [otherRoom]: { sessions: { three } } }
  assert.deepEqual(await call('PUT', '', { rooms }), [200, { etag: '3', count: 3 }])
  assert.deepEqual(await call('PUT', '', { rooms }), [200, { etag: '3', count: 3 }])
  assert.deepEqual(await call('PUT', '', { rooms: {} }), [200, { etag: '3', count: 3 }])

  const all = { rooms: { [room]: { sessions: { one, two } }, [otherRoom]: { sessions: { three } } } }
  assert.deepEqual(await call('GET', ''), [200, all])
  assert.deepEqual(await call('GET', ofRoom), [200, { sessions: { one, two } }])
  assert.deepEqual(await call('GET', `${ofRoom}/one`), [200, one])

  assert.deepEqual(await call('DELETE', `${ofRoom}/one`), [200, { etag: '4', count: 2 }])
  assert.deepEqual(await call('DELETE', `${ofRoom}/one`), [200, { etag: '4', count: 2 }])
  assert.equal((await call('GET', `${ofRoom}/one`))[0], 404)
  assert.deepEqual(await call('DELETE', ofRoom), [200, { etag: '5', count: 1 }])
  assert.deepEqual(await call('DELETE', ''), [200, { etag: '6', count: 0 }])
  assert.deepEqual((await alice.call('GET', 'room_keys/version')).body.count, 0)
})

test('a backup of many pages is read whole', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const version = await createVersion(alice)
  const sessions = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`s${n}`, key({ first_message_index: n })]))
  const rooms = { [room]: { sessions: sessions(1500) }, [otherRoom]: { sessions: sessions(700) } }

  const put = await alice.call('PUT', `room_keys/keys?version=${version}`, { rooms })
  const got = await alice.call('GET', `room_keys/keys?version=${version}`)

  assert.deepEqual(put.body.count, 2200)
  assert.deepEqual(got.body, { rooms })
})

test('keys go into the current backup only', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const put = async (version: string) => {
    const rooms = { [room]: { sessions: { one: key() } } }
    const { status, body } = await alice.call('PUT', `room_keys/keys?version=${version}`, { rooms })
    return [status, body.errcode, body.current_version]
  }
  assert.deepEqual(await put('1'), [404, 'M_NOT_FOUND', undefined])
  const first = await createVersion(alice)
  const second = await createVersion(alice)

  assert.deepEqual(await put(first), [403, 'M_WRONG_ROOM_KEYS_VERSION', second])
  assert.deepEqual(await put('99'), [404, 'M_NOT_FOUND', undefined])
  assert.deepEqual(await put(second), [200, undefined, undefined])
  await alice.call('DELETE', `room_keys/version/${second}`)
  assert.deepEqual(await put(second), [404, 'M_NOT_FOUND', undefined])
  assert.deepEqual(await put(first), [200, undefined, undefined])
})

test('keys of a wrong form, too large or too many are refused, and unknown backups have none', async (t) => {
  const { http } = await testApp(t, { environment: { DURE_KEYS_BACKUP_KEYS_MAX: '100' } })
  const alice = await registerPerson(http, 'alice')
  const bob = await registerPerson(http, 'bob')
  const version = await createVersion(alice)
  const put = async (rooms: unknown) => {
    const { status, body } = await alice.call('PUT', `room_keys/keys?version=${version}`, { rooms })
    return [status, body.errcode]
  }
  const one = (given: object) => put({ [room]: { sessions: { one: { ...key(), ...given } } } })

  assert.deepEqual(await one({ first_message_index: -1 }), [400, 'M_BAD_JSON'])
  assert.deepEqual(await one({ first_message_index: 0.5 }), [400, 'M_BAD_JSON'])
  assert.deepEqual(await one({ is_verified: 'yes' }), [400, 'M_BAD_JSON'])
  assert.deepEqual(await one({ session_data: 'text' }), [400, 'M_BAD_JSON'])
  assert.deepEqual(await one({ session_data: { text: 'x'.repeat(70_000) } }), [413, 'M_TOO_LARGE'])
  assert.deepEqual(await put({ 'no room': { sessions: { one: key() } } }), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(await put({ [room]: { sessions: { 'nul\0': key() } } }), [400, 'M_INVALID_PARAM'])
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`s${n}`, key()]))
  assert.deepEqual(await put({ [room]: { sessions: many } }), [413, 'M_TOO_LARGE'])

  for (const path of ['', `/${encodeURIComponent(room)}`, `/${encodeURIComponent(room)}/one`]) {
    for (const method of ['GET', 'DELETE'] as const) {
      const foreign = await bob.call(method, `room_keys/keys${path}?version=${version}`)
      assert.deepEqual([foreign.status, foreign.body.errcode], [404, 'M_NOT_FOUND'])
      const versionless = await alice.call(method, `room_keys/keys${path}`)
      assert.deepEqual([versionless.status, versionless.body.errcode], [400, 'M_MISSING_PARAM'])
    }
  }
})

test('whatever the order of uploads on two nodes, the best key of a session stays', async (t) => {
  const [here, there] = await testNodes(t, 2)
  assert(here && there)
  const { userId } = await registerPerson(here.http, 'alice')
  const backups = [here.services.keys.backup, there.services.keys.backup]
  const version = await backups[0]?.create(userId, { algorithm, authData: auth_data })
  assert(version)
  const small = fc.integer({ min: 0, max: 2 })
  const keys = fc.array(
    fc.record({ first_message_index: small, forwarded_count: small, is_verified: fc.boolean() }),
    { minLength: 1, maxLength: 6 },
  )
  let session = 0

  await fc.assert(
    fc.asyncProperty(keys, async (uploads) => {
      const sessionId = `session${session++}`
      const sent = uploads.map((upload, n) => key({ ...upload, session_data: { n } }))
      await Promise.all(
        sent.map((one, n) =>
          backups[n % 2]?.putKeys(userId, version, { [room]: { sessions: { [sessionId]: one } } }),
        ),
      )
      const kept = await backups[0]?.key(userId, version, { roomId: room, sessionId })
      assert(kept)
      // Of equally good keys the first to come stays, so the data tells which it was and the rest must be the best.
      assert.deepEqual(kept, sent[Number(kept.session_data['n'])])
      const [best] = sent.toSorted(better)
      assert(best)
      assert.equal(better(kept, best), 0)
    }),
    { numRuns: 60 },
  )
  assert.equal((await backups[1]?.read(userId))?.count, session)
})

/** The rule of the specification, said in other words than the query says it. */
function better(left: BackupKey, right: BackupKey): number {
  if (left.is_verified !== right.is_verified) return left.is_verified ? -1 : 1
  if (left.first_message_index !== right.first_message_index)
    return left.first_message_index - right.first_message_index
  return left.forwarded_count - right.forwarded_count
}
