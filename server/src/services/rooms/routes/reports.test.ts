import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setAdministrator } from '../../identity/operations/accounts.ts'
import { message } from '../testing.ts'
import { codeOf, roomsRoutesFixture, type TestPerson } from './testing.ts'

const admin = '/api/rooms/v1/admin'
type Listed = { reports: { report_id: string; reason: string; [member: string]: unknown }[]; next?: string }

async function fixture(t: TestContext) {
  const base = await roomsRoutesFixture(t, ['alice', 'bob', 'carol', 'moderator'])
  const { people, room, append, call, platform } = base
  const [alice, bob, carol, moderator] = people
  assert(alice && bob && carol && moderator)
  await setAdministrator(platform.db, moderator.userId, true)
  const roomId = await room([alice, bob])
  const eventId = await append(roomId, bob, message('rude'))
  const report = (who: TestPerson, path: string, body: object = { reason: 'rude' }) =>
    call(who, 'POST', `${path}`, body)
  const queue = async (query = '') =>
    (await call(moderator, 'GET', `${admin}/reports${query}`)).body as unknown as Listed
  return { ...base, alice, bob, carol, moderator, roomId, eventId, report, queue }
}

test('reports of events, rooms and people come before the moderators, the oldest first', async (t) => {
  const { alice, bob, carol, roomId, eventId, report, queue } = await fixture(t)
  const answers = [
    await report(alice, `/rooms/${roomId}/report/${eventId}`, { reason: 'rude', score: -100 }),
    await report(carol, `/rooms/${roomId}/report`),
    await report(carol, `/users/${bob.userId}/report`, { reason: '' }),
  ]
  assert.deepEqual(
    answers.map(({ status, body }) => [status, body]),
    answers.map(() => [200, {}]),
  )
  const { reports, next } = await queue()
  assert.equal(next, undefined)
  assert.deepEqual(
    reports.map(({ report_id, reported_at_ms, ...rest }) => rest),
    [
      { kind: 'event', reporter: alice.userId, room_id: roomId, event_id: eventId, reason: 'rude' },
      { kind: 'room', reporter: carol.userId, room_id: roomId, reason: 'rude' },
      { kind: 'person', reporter: carol.userId, user_id: bob.userId, reason: '' },
    ],
  )
})

test('an event is reported by those who are in its room; of rooms and people nobody learns whether they exist', async (t) => {
  const { alice, carol, roomId, eventId, report, queue } = await fixture(t)
  assert.deepEqual(codeOf(await report(carol, `/rooms/${roomId}/report/${eventId}`)), [404, 'M_NOT_FOUND'])
  assert.deepEqual(codeOf(await report(alice, `/rooms/${roomId}/report/$none`)), [404, 'M_NOT_FOUND'])
  assert.equal((await report(carol, '/rooms/!none:dure.test/report')).status, 200)
  assert.equal((await report(carol, '/users/@none:dure.test/report')).status, 200)
  assert.equal((await report(carol, `/rooms/${roomId}/report`, {})).status, 400)
  assert.deepEqual((await queue()).reports, [])
})

test('reporting again replaces the reason while the report is open', async (t) => {
  const { alice, bob, report, queue } = await fixture(t)
  const reasons = async () => (await queue()).reports.map(({ reason }) => reason)
  await report(alice, `/users/${bob.userId}/report`, { reason: 'one' })
  await report(alice, `/users/${bob.userId}/report`, { reason: 'two' })
  assert.deepEqual(await reasons(), ['two'])
})

test('a resolved report leaves the queue, once', async (t) => {
  const { alice, bob, carol, moderator, call, report, queue } = await fixture(t)
  await report(alice, `/users/${bob.userId}/report`)
  await report(carol, `/users/${bob.userId}/report`)
  const first = await queue('?limit=1')
  assert.deepEqual([first.reports.length, (await queue(`?limit=1&from=${first.next}`)).next], [1, undefined])
  const id = first.reports[0]?.report_id
  const resolve = (resolution: string) =>
    call(moderator, 'POST', `${admin}/reports/${id}/resolve`, { resolution })
  assert.equal((await resolve('suspended')).body['resolution'], 'suspended')
  assert.equal((await resolve('again')).body['resolution'], 'suspended')
  assert.equal((await queue()).reports.length, 1)
  const [resolved] = (await queue('?state=resolved')).reports
  assert.deepEqual([resolved?.report_id, resolved?.['resolved_by']], [id, moderator.userId])
  const unknown = await call(moderator, 'POST', `${admin}/reports/none/resolve`, { resolution: '' })
  assert.deepEqual(codeOf(unknown), [404, 'M_NOT_FOUND'])
  assert.equal((await call(moderator, 'GET', `${admin}/reports?from=x`)).status, 400)
})

test('administrators find rooms, look into them and take them out of the directory', async (t) => {
  const { alice, bob, carol, moderator, call, roomId, room } = await fixture(t)
  const other = await room([carol])
  const find = async (query: string) =>
    (await call(moderator, 'GET', `${admin}/rooms${query}`)).body as {
      rooms: { room_id: string }[]
      next?: string
    }
  const ids = [roomId, other].sort()
  const first = await find('?limit=1')
  const second = await find(`?limit=1&from=${encodeURIComponent(String(first.next))}`)
  assert.deepEqual(
    [...first.rooms, ...second.rooms].map(({ room_id: id }) => id),
    ids,
  )
  await call(alice, 'PUT', '/directory/room/%23tea:dure.test', { room_id: roomId })
  for (const search of ['tea', roomId, alice.userId])
    assert.deepEqual(
      (await find(`?search=${encodeURIComponent(search)}`)).rooms.map(({ room_id: id }) => id),
      [roomId],
    )
  await call(alice, 'PUT', `/directory/list/room/${roomId}`, { visibility: 'public' })
  const look = async () => (await call(moderator, 'GET', `${admin}/rooms/${roomId}`)).body
  assert.deepEqual((await look())['joined'], [alice.userId, bob.userId])
  assert.equal((await look())['published'], true)
  assert.equal((await call(moderator, 'DELETE', `${admin}/rooms/${roomId}/published`)).status, 200)
  assert.equal((await look())['published'], false)
  assert.deepEqual(codeOf(await call(moderator, 'GET', `${admin}/rooms/!none`)), [404, 'M_NOT_FOUND'])
})

test('administrators take away events and members of rooms that they are not in', async (t) => {
  const { alice, bob, moderator, call, roomId, eventId } = await fixture(t)
  const redact = (id: string) =>
    call(moderator, 'POST', `${admin}/rooms/${roomId}/redact/${id}`, { reason: 'reported' })
  for (let i = 0; i < 2; i++) assert.equal((await redact(eventId)).status, 200)
  const shown = await call(alice, 'GET', `/rooms/${roomId}/event/${eventId}`)
  assert.deepEqual(shown.body['content'], {})
  assert.deepEqual(codeOf(await redact('$none')), [404, 'M_NOT_FOUND'])
  const remove = () => call(moderator, 'DELETE', `${admin}/rooms/${roomId}/members/${bob.userId}`)
  for (let i = 0; i < 2; i++) assert.equal((await remove()).status, 200)
  assert.deepEqual((await call(bob, 'GET', '/joined_rooms')).body, { joined_rooms: [] })
})

test('without bridges there are no networks to look up', async (t) => {
  const { alice, call } = await fixture(t)
  assert.deepEqual((await call(alice, 'GET', '/thirdparty/protocols')).body, {})
  for (const path of [
    'protocol/irc',
    'location/irc',
    'user/irc',
    'location?alias=%23a:b',
    'user?userid=@a:b',
  ])
    assert.deepEqual(codeOf(await call(alice, 'GET', `/thirdparty/${path}`)), [404, 'M_NOT_FOUND'], path)
})
