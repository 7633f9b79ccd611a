import assert from 'node:assert/strict'
import { test } from 'node:test'
import { registerPerson, request } from '../../identity/testing.ts'
import { syncNodes } from '../testing/nodes.ts'

test('what is not of the form is refused, and says what', async (t) => {
  const [node] = await syncNodes(t)
  const ann = await registerPerson(node.http, 'ann')
  const refusals: [string, string][] = [
    ['since=x', '400 M_INVALID_PARAM sync.token_malformed'],
    ['since=s999999', '400 M_INVALID_PARAM sync.token_unknown'],
    ['timeout=-1', '400 M_INVALID_PARAM http.parameter_invalid'],
    ['timeout=soon', '400 M_INVALID_PARAM http.parameter_invalid'],
    ['full_state=perhaps', '400 M_INVALID_PARAM http.parameter_invalid'],
    ['set_presence=asleep', '400 M_INVALID_PARAM http.parameter_invalid'],
    ['filter={', '400 M_NOT_JSON sync.filter_not_json'],
    ['filter={"room":[]}', '400 M_BAD_JSON sync.filter_invalid'],
    ['filter=unknown', '400 M_INVALID_PARAM sync.filter_parameter_unknown'],
  ]
  for (const [query, expected] of refusals) {
    const { status, body } = await ann.call('GET', `sync?${query.replaceAll('"', '%22')}`)
    assert.equal(`${status} ${body.errcode} ${body.code}`, expected, query)
  }
  assert.equal((await request(node.http, 'GET', 'sync')).status, 401)
})

test('an answer is JSON, with a token to go on from', async (t) => {
  const [node] = await syncNodes(t)
  const ann = await registerPerson(node.http, 'ann')
  const { status, headers, body } = await ann.call('GET', 'sync')
  assert.equal(status, 200)
  assert.match(String(headers['content-type']), /^application\/json/)
  assert.deepEqual(
    body.account_data.events.map(({ type }: { type: string }) => type),
    ['m.push_rules'],
  )
  assert.deepEqual(body.device_unused_fallback_key_types, [])
  const next = await ann.call('GET', `sync?since=${body.next_batch}`)
  assert.deepEqual(Object.keys(next.body).sort(), [
    'device_one_time_keys_count',
    'device_unused_fallback_key_types',
    'next_batch',
  ])
})

test('a session that is logged out while it waits gets no more', async (t) => {
  const [here, there] = await syncNodes(t, { nodes: 2 })
  assert(there)
  const ann = await registerPerson(here.http, 'ann')
  const { body } = await ann.call('GET', 'sync')
  const waiting = ann.call('GET', `sync?since=${body.next_batch}&timeout=60000`)
  await request(there.http, 'POST', 'logout', { token: ann.token })
  const { status, body: refusal } = await waiting
  assert.deepEqual([status, refusal.errcode], [401, 'M_UNKNOWN_TOKEN'])
})

test('a node that drains answers those who wait at once', async (t) => {
  const [node] = await syncNodes(t)
  const ann = await registerPerson(node.http, 'ann')
  const { body } = await ann.call('GET', 'sync')
  const waiting = ann.call('GET', `sync?since=${body.next_batch}&timeout=60000`)
  await node.caughtUp()
  node.sync.drain()
  assert.equal((await waiting).status, 200)
})
