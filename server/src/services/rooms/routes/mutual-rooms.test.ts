import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mutualRooms } from '../operations/mutual-rooms.ts'
import { codeOf, roomsRoutesFixture } from './testing.ts'

test('mutual rooms are those that both are in', async (t) => {
  const { people, room, call, platform } = await roomsRoutesFixture(t, ['alice', 'bob'])
  const [alice, bob] = people
  assert(alice && bob)
  const shared = [await room([alice, bob]), await room([bob, alice]), await room([alice, bob])]
  const left = await room([alice, bob])
  await call(bob, 'POST', `/rooms/${left}/leave`, {})
  await room([alice])
  const ask = (query: string) => call(alice, 'GET', `/_matrix/client/v1/mutual_rooms${query}`)

  const { body } = await ask(`?user_id=${bob.userId}`)
  assert.deepEqual(body, { joined: shared.toSorted(), count: 3 })
  const rest = await ask(
    `?user_id=${bob.userId}&from=${Buffer.from(shared.toSorted()[0] ?? '').toString('base64url')}`,
  )
  assert.deepEqual(rest.body, { joined: shared.toSorted().slice(1), count: 3 })
  assert.deepEqual((await ask('?user_id=@nobody:dure.test')).body, { joined: [], count: 0 })

  const page = { userId: alice.userId, otherId: bob.userId, after: undefined, limit: 2 }
  assert.deepEqual(await mutualRooms(platform.db, page), {
    roomIds: shared.toSorted().slice(0, 2),
    count: 3,
    more: true,
  })
  for (const query of ['', '?user_id=bob', `?user_id=${alice.userId}`, `?user_id=${bob.userId}&from=x`])
    assert.equal((await ask(query)).status, 400, query)
  assert.deepEqual(codeOf(await ask(`?user_id=${alice.userId}`)), [400, 'M_INVALID_PARAM'])
})
