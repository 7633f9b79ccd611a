import assert from 'node:assert/strict'
import { test } from 'node:test'
import { registerPerson, request } from '../../identity/testing.ts'
import { syncNodes } from '../testing/nodes.ts'

const definition = {
  room: { timeline: { limit: 3, types: ['m.room.*'] } },
  event_fields: ['type'],
  'org.example.own': 1,
}

test('a filter is kept under an id, and given back as it was', async (t) => {
  const [node] = await syncNodes(t)
  const ann = await registerPerson(node.http, 'ann')
  const path = `user/${encodeURIComponent(ann.userId)}/filter`
  const { status, body } = await ann.call('POST', path, definition)
  assert.equal(status, 200)
  assert.match(body.filter_id, /^[^{]/)
  assert.deepEqual((await ann.call('GET', `${path}/${body.filter_id}`)).body, definition)
  assert.equal((await ann.call('GET', `sync?filter=${body.filter_id}`)).status, 200)
})

test('the same filter stored twice has one id, whatever the order of its members', async (t) => {
  const [node] = await syncNodes(t, { environment: { DURE_SYNC_FILTERS_PER_PERSON_MAX: '1' } })
  const ann = await registerPerson(node.http, 'ann')
  const path = `user/${ann.userId}/filter`
  const first = await ann.call('POST', path, { presence: { types: [] }, event_format: 'client' })
  const second = await ann.call('POST', path, { event_format: 'client', presence: { types: [] } })
  assert.equal(first.body.filter_id, second.body.filter_id)
  const third = await ann.call('POST', path, {})
  assert.deepEqual([third.status, third.body.code], [400, 'sync.filters_too_many'])
})

test('filters are refused that are not of the form, too large, unknown, or another person’s', async (t) => {
  const [node] = await syncNodes(t, { environment: { DURE_SYNC_FILTER_BYTES_MAX: '1000' } })
  const ann = await registerPerson(node.http, 'ann')
  const bob = await registerPerson(node.http, 'bob')
  const path = `user/${ann.userId}/filter`
  const refusals = await Promise.all([
    ann.call('POST', path, { room: { timeline: { limit: 'x' } } }),
    ann.call('POST', path, '{"room":'),
    ann.call('POST', path, { 'org.example': 'x'.repeat(1000) }),
    ann.call('GET', `${path}/unknown`),
    bob.call('POST', path, definition),
    bob.call('GET', `${path}/unknown`),
    request(node.http, 'POST', path, { body: definition }),
  ])
  assert.deepEqual(
    refusals.map(({ status, body }) => `${status} ${body.errcode}`),
    [
      '400 M_BAD_JSON',
      '400 M_NOT_JSON',
      '413 M_TOO_LARGE',
      '404 M_NOT_FOUND',
      '403 M_FORBIDDEN',
      '403 M_FORBIDDEN',
      '401 M_MISSING_TOKEN',
    ],
  )
})
