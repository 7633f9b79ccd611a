import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { message, state } from '../testing.ts'
import { codeOf, roomsRoutesFixture, type TestPerson } from './testing.ts'

const forbidden = [403, 'M_GUEST_ACCESS_FORBIDDEN']

async function fixture(t: TestContext, version = '12') {
  const base = await roomsRoutesFixture(t, ['alice', 'bob'])
  const [alice, bob] = base.people
  assert(alice && bob)
  const { body } = await base.call(undefined, 'POST', '/register?kind=guest', {})
  const guest: TestPerson = {
    userId: String(body['user_id']),
    token: String(body['access_token']),
    deviceId: String(body['device_id']),
  }
  const roomId = await base.room([alice, bob], { version })
  const welcome = (value: string) =>
    base.append(roomId, alice, state('m.room.guest_access', { guest_access: value }))
  const join = () => base.call(guest, 'POST', `/rooms/${roomId}/join`, {})
  const membership = (who: TestPerson) => base.services.rooms.membership(roomId, who.userId)
  return { ...base, alice, bob, guest, roomId, welcome, join, membership }
}

for (const version of ['6', '10', '11', '12']) {
  test(`guests join rooms of version ${version} that say so, and no others`, async (t) => {
    const { alice, guest, roomId, call, welcome, join, membership } = await fixture(t, version)
    const invite = () => call(alice, 'POST', `/rooms/${roomId}/invite`, { user_id: guest.userId })
    const own = `/rooms/${roomId}/state/m.room.member/${encodeURIComponent(guest.userId)}`
    assert.deepEqual(codeOf(await join()), forbidden, 'no rule means no')
    await welcome('forbidden')
    await invite()
    assert.deepEqual(codeOf(await join()), forbidden, 'not even with an invite')
    assert.deepEqual(codeOf(await call(guest, 'PUT', own, { membership: 'join' })), forbidden)
    await welcome('can_join')
    assert.equal((await join()).status, 200)
    assert.equal(await membership(guest), 'join')
    assert.equal((await call(guest, 'POST', `/rooms/${roomId}/leave`)).status, 200)
    assert.equal((await call(guest, 'PUT', own, { membership: 'join' })).status, 200)
  })
}

for (const how of ['a change', 'a redaction']) {
  test(`guests are taken out by ${how} of the rule that let them in; registered people stay`, async (t) => {
    const { alice, bob, guest, roomId, platform, call, welcome, join, membership } = await fixture(t)
    const rule = await welcome('can_join')
    await join()
    if (how === 'a change') await welcome('forbidden')
    else await call(alice, 'PUT', `/rooms/${roomId}/redact/${encodeURIComponent(rule)}/t1`, {})
    const deadline = platform.clock.now() + 20_000
    while ((await membership(guest)) === 'join' && platform.clock.now() < deadline)
      await platform.stream.reached(platform.stream.position() + 1, AbortSignal.timeout(5000)).catch(() => {})
    assert.equal(await membership(guest), 'leave')
    assert.equal(await membership(bob), 'join')
    assert.deepEqual(codeOf(await join()), forbidden)
  })
}

test('guests take part in a room, and do nothing that the specification keeps from them', async (t) => {
  const { alice, bob, guest, roomId, call, append, welcome, join } = await fixture(t)
  await welcome('can_join')
  await join()
  await append(roomId, alice, message('hello'))
  const room = `/rooms/${roomId}`
  assert.equal((await call(guest, 'PUT', `${room}/send/m.room.message/t1`, { body: 'hi' })).status, 200)
  assert.equal((await call(guest, 'GET', `${room}/initialSync`)).status, 200)
  const ban = { membership: 'ban' }
  const refused = [
    await call(guest, 'POST', '/createRoom', {}),
    await call(guest, 'POST', `/join/${roomId}`, {}),
    await call(guest, 'POST', `/knock/${roomId}`, {}),
    await call(guest, 'POST', `${room}/invite`, { user_id: bob.userId }),
    await call(guest, 'POST', `${room}/kick`, { user_id: bob.userId }),
    await call(guest, 'POST', `${room}/forget`),
    await call(guest, 'GET', `${room}/aliases`),
    await call(guest, 'GET', '/joined_rooms'),
    await call(guest, 'POST', '/publicRooms', {}),
    await call(guest, 'PUT', `/directory/list/room/${roomId}`, {}),
    await call(guest, 'PUT', `/directory/room/${encodeURIComponent('#g:dure.test')}`, { room_id: roomId }),
    await call(guest, 'PUT', `${room}/state/m.room.member/${encodeURIComponent(bob.userId)}`, ban),
  ]
  for (const answer of refused) assert.deepEqual(codeOf(answer), forbidden)
})
