import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp } from '../../../platform/testing/app.ts'
import { registerPerson, request } from '../../identity/testing.ts'

test('a message is sent through the route and waits for its device', async (t) => {
  const { http, services, platform } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const bob = await registerPerson(http, 'bob')
  const path = 'sendToDevice/m.room_key_request/txn%2F1'
  const messages = { [bob.userId]: { '*': { action: 'request' } } }

  for (let i = 0; i < 2; i++) {
    const { status, body } = await alice.call('PUT', path, { messages })
    assert.deepEqual([status, body], [200, {}])
  }

  const upTo = await platform.stream.head()
  await platform.stream.reached(upTo, AbortSignal.timeout(5000))
  const { events } = await services.toDevice.pending(bob.userId, bob.deviceId, 0, upTo, 100)
  assert.deepEqual(events, [
    { sender: alice.userId, type: 'm.room_key_request', content: { action: 'request' } },
  ])
})

test('what is not of the required form is refused', async (t) => {
  const { http } = await testApp(t)
  const alice = await registerPerson(http, 'alice')
  const put = async (path: string, body: unknown) => {
    const answer = await alice.call('PUT', `sendToDevice/${path}`, body)
    return [answer.status, answer.body.errcode]
  }
  assert.deepEqual(await put('m.test/1', {}), [400, 'M_MISSING_PARAM'])
  assert.deepEqual(await put('m.test/1', { messages: [] }), [400, 'M_BAD_JSON'])
  assert.deepEqual(await put('m.test/1', { messages: { [alice.userId]: 'text' } }), [400, 'M_BAD_JSON'])
  assert.deepEqual(await put('m.test/1', { messages: { '@\nx': { D: 'text' } } }), [400, 'M_BAD_JSON'])
  assert.deepEqual(await put('m.test%00/1', { messages: {} }), [400, 'M_INVALID_PARAM'])
  assert.deepEqual(await put(`m.test/${'x'.repeat(256)}`, { messages: {} }), [400, 'M_INVALID_PARAM'])
  const large = { messages: { [alice.userId]: { '*': { text: 'x'.repeat(70_000) } } } }
  assert.deepEqual(await put('m.test/1', large), [413, 'M_TOO_LARGE'])
  const nobody = await request(http, 'PUT', 'sendToDevice/m.test/1', { body: { messages: {} } })
  assert.deepEqual([nobody.status, nobody.body.errcode], [401, 'M_MISSING_TOKEN'])
})
