import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setAdministrator } from '../../identity/operations/accounts.ts'
import { codeOf, roomsRoutesFixture } from './testing.ts'

const sender = '@server-notices:dure.test'

async function fixture(t: TestContext) {
  const given = await roomsRoutesFixture(t, ['alice', 'bob', 'carol'])
  const [alice, bob, carol] = given.people
  assert(alice && bob && carol)
  await setAdministrator(given.platform.db, alice.userId, true)
  const { call } = given
  const notify = (noticeId: string, more: object = {}, who = alice) =>
    call(who, 'PUT', `/api/rooms/v1/admin/notices/${noticeId}`, {
      user_id: bob.userId,
      body: 'The server will rest on Sunday.',
      ...more,
    })
  const state = async (roomId: string, type: string, key = '') =>
    (await call(bob, 'GET', `/rooms/${encodeURIComponent(roomId)}/state/${type}/${key}`)).body
  const membership = async (roomId: string) =>
    (await given.services.rooms.state(roomId))?.membership(bob.userId)
  const room = (roomId: string, verb: string, body: object = {}) =>
    call(bob, 'POST', `/rooms/${encodeURIComponent(roomId)}/${verb}`, body)
  return { ...given, alice, bob, carol, notify, state, membership, room }
}

test('a notice comes in a room of its own, tagged, whose invite cannot be declined', async (t) => {
  const { bob, notify, call, room, state, membership } = await fixture(t)
  const { status, body } = await notify('sunday', { pinned: true })
  assert.equal(status, 200)
  const roomId = String(body['room_id'])

  const tags = `/user/${bob.userId}/rooms/${encodeURIComponent(roomId)}/tags`
  assert.deepEqual((await call(bob, 'GET', tags)).body, { tags: { 'm.server_notice': {} } })
  assert.deepEqual(codeOf(await room(roomId, 'leave')), [403, 'M_CANNOT_LEAVE_SERVER_NOTICE_ROOM'])
  const byState = `/rooms/${encodeURIComponent(roomId)}/state/m.room.member/${bob.userId}`
  assert.deepEqual(codeOf(await call(bob, 'PUT', byState, { membership: 'leave' })), [
    403,
    'M_CANNOT_LEAVE_SERVER_NOTICE_ROOM',
  ])
  assert.equal(await membership(roomId), 'invite')

  assert.equal((await room(roomId, 'join')).status, 200)
  const event = `/rooms/${encodeURIComponent(roomId)}/event/${encodeURIComponent(String(body['event_id']))}`
  const shown = (await call(bob, 'GET', event)).body
  assert.equal(shown['sender'], sender)
  assert.deepEqual(shown['content'], {
    msgtype: 'm.server_notice',
    body: 'The server will rest on Sunday.',
    server_notice_type: 'org.dure.notice',
  })
  assert.deepEqual(await state(roomId, 'm.room.pinned_events'), { pinned: [body['event_id']] })
  assert.deepEqual(await state(roomId, 'm.room.name'), { name: 'Server notices' })
  const said = await call(bob, 'PUT', `/rooms/${encodeURIComponent(roomId)}/send/m.room.message/t`, {
    msgtype: 'm.text',
    body: 'hello?',
  })
  assert.deepEqual(codeOf(said), [403, 'M_FORBIDDEN'])
})

test('a person has one such room, and a notice sent again is the same one', async (t) => {
  const { notify, room, membership } = await fixture(t)
  const usage = {
    notice_type: 'm.server_notice.usage_limit_reached',
    admin_contact: 'mailto:operator@dure.test',
    limit_type: 'monthly_active_user',
  }
  const answers = await Promise.all([notify('one', usage), notify('one', usage)])
  const first = await notify('one', usage)
  for (const { body } of answers) assert.deepEqual(body, first.body)
  const roomId = String(first.body['room_id'])
  await room(roomId, 'join')

  // After joining, whoever likes may leave; the next notice invites them again.
  assert.equal((await room(roomId, 'leave')).status, 200)
  const second = await notify('two')
  assert.equal(second.body['room_id'], roomId)
  assert.notEqual(second.body['event_id'], first.body['event_id'])
  assert.equal(await membership(roomId), 'invite')
})

test('only administrators speak for the server, to people who are there', async (t) => {
  const { carol, notify, call } = await fixture(t)
  assert.deepEqual(codeOf(await notify('x', {}, carol)), [403, 'M_FORBIDDEN'])
  for (const userId of ['@nobody:dure.test', sender, 'nonsense'])
    assert.deepEqual(codeOf(await notify('x', { user_id: userId })), [404, 'M_NOT_FOUND'], userId)
  assert.deepEqual(codeOf(await notify('x', { body: '' })), [400, 'M_BAD_JSON'])
  await notify('made')
  const log = { type: 'm.login.password', identifier: { type: 'm.id.user', user: sender }, password: '' }
  assert.equal((await call(undefined, 'POST', '/login', log)).status, 403)
})

test('where somebody has the name already the server does not speak under it', async (t) => {
  const { notify, person } = await fixture(t)
  await person('server-notices')
  assert.deepEqual(codeOf(await notify('x')), [409, 'M_USER_IN_USE'])
})
