import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alice, bob, carol, member } from '../../rooms/testing.ts'
import { syncNodes } from '../testing/nodes.ts'
import { bodies, everyRoom, slidingSync } from '../testing/sliding.ts'

test('a first answer shows the rooms within a range, the latest first, and how many there are', async (t) => {
  const [node] = await syncNodes(t)
  const quiet = await node.room([alice, bob])
  const lively = await node.room([alice, bob])
  await node.room([alice])
  await node.say(quiet, alice, 'old')
  await node.say(lively, alice, 'new')
  const answer = await slidingSync(node, bob, {
    lists: {
      top: { ranges: [[0, 0]], timeline_limit: 1, required_state: [['m.room.create', '']] },
      rest: { ranges: [[1, 5]], timeline_limit: 2, required_state: [] },
    },
  })
  assert.deepEqual(answer.lists, { top: { count: 2 }, rest: { count: 2 } })
  assert.deepEqual(Object.keys(answer.rooms).sort(), [lively, quiet].sort())
  const top = answer.rooms[lively]
  assert.equal(top?.initial, true)
  assert.equal(top.membership, 'join')
  assert.deepEqual(top.lists, ['top'])
  assert.deepEqual(bodies(top.timeline), ['new'])
  assert.deepEqual(bodies(top.required_state), ['m.room.create'])
  assert.equal(top.limited, true)
  assert.equal(top.num_live, 0)
  assert.deepEqual([top.joined_count, top.invited_count], [2, 0])
  assert.deepEqual(
    top.heroes?.map(({ user_id }) => user_id),
    [alice],
  )
  assert.equal(answer.rooms[quiet]?.timeline?.length, 2)
  assert((top.bump_stamp ?? 0) > (answer.rooms[quiet]?.bump_stamp ?? 0))
})

test('what has been told is not told again; what is new comes as news, and a client that repeats itself gets it again', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice, bob])
  const body = everyRoom(5, [['m.room.name', '']])
  const { pos } = await slidingSync(node, bob, body)
  const idle = await slidingSync(node, bob, { ...body, pos })
  assert.deepEqual(idle.rooms, {})
  await node.say(roomId, alice, 'one')
  await node.send(roomId, alice, { type: 'm.room.name', stateKey: '', content: { name: 'Kitchen' } })
  for (const from of [idle.pos, pos, idle.pos]) {
    const { [roomId]: news } = (await slidingSync(node, bob, { ...body, pos: from })).rooms
    assert.equal(news?.initial, undefined)
    assert.deepEqual(bodies(news?.timeline), ['one', 'm.room.name'])
    assert.equal(news?.num_live, 2)
    assert.equal(news?.name, 'Kitchen')
    assert.deepEqual(bodies(news?.required_state), ['m.room.name'])
    assert.equal(news?.notification_count, 1)
    assert.equal(news?.heroes, undefined)
  }
})

test('a room that leaves the range and comes back tells what happened meanwhile, and no more', async (t) => {
  const [node] = await syncNodes(t)
  const first = await node.room([alice, bob])
  const second = await node.room([alice, bob])
  const body = {
    lists: { top: { ranges: [[0, 0]] as [number, number][], timeline_limit: 3, required_state: [] } },
  }
  let answer = await slidingSync(node, bob, body)
  assert.deepEqual(Object.keys(answer.rooms), [second])
  await node.say(first, alice, 'first moves up')
  answer = await slidingSync(node, bob, { ...body, pos: answer.pos })
  assert.deepEqual(Object.keys(answer.rooms), [first])
  await node.say(second, alice, 'second moves up')
  await node.say(first, alice, 'first is on top again')
  answer = await slidingSync(node, bob, { ...body, pos: answer.pos })
  assert.deepEqual(Object.keys(answer.rooms), [first])
  const wide = { lists: { top: { ...body.lists.top, ranges: [[0, 1]] as [number, number][] } } }
  answer = await slidingSync(node, bob, { ...wide, pos: answer.pos })
  assert.deepEqual(Object.keys(answer.rooms), [second])
  assert.equal(answer.rooms[second]?.initial, undefined)
  assert.deepEqual(bodies(answer.rooms[second]?.timeline), ['second moves up'])
})

test('a client that asks for a longer timeline gets the older events at once, once', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice, bob])
  for (const body of ['a', 'b', 'c']) await node.say(roomId, alice, body)
  let answer = await slidingSync(node, bob, everyRoom(1))
  assert.deepEqual(bodies(answer.rooms[roomId]?.timeline), ['c'])
  const longer = everyRoom(3)
  answer = await slidingSync(node, bob, { ...longer, pos: answer.pos }, { timeoutMs: 60_000 })
  const expanded = answer.rooms[roomId]
  assert.deepEqual(bodies(expanded?.timeline), ['a', 'b', 'c'])
  assert.equal(expanded?.expanded_timeline, true)
  assert.equal(expanded?.unstable_expanded_timeline, true)
  assert.equal(expanded?.initial, undefined)
  assert.equal(expanded?.num_live, 0)
  answer = await slidingSync(node, bob, { ...longer, pos: answer.pos })
  assert.deepEqual(answer.rooms, {})
  answer = await slidingSync(node, bob, {
    ...everyRoom(1),
    room_subscriptions: { [roomId]: { timeline_limit: 2, required_state: [] } },
    pos: answer.pos,
  })
  assert.deepEqual(answer.rooms, {})
})

test('a client that asks for more state gets what it did not follow before', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice, bob])
  let answer = await slidingSync(node, bob, everyRoom(1, [['m.room.create', '']]))
  answer = await slidingSync(node, bob, {
    ...everyRoom(1, [['m.room.create', '']]),
    room_subscriptions: {
      [roomId]: {
        timeline_limit: 1,
        required_state: [
          ['m.room.join_rules', '*'],
          ['m.room.member', '$ME'],
        ],
      },
    },
    pos: answer.pos,
  })
  assert.deepEqual(
    answer.rooms[roomId]?.required_state?.map(({ type, state_key }) => [type, state_key]).sort(),
    [
      ['m.room.join_rules', ''],
      ['m.room.member', bob],
    ],
  )
})

test('lazily loaded members come with the timeline, once; all of their changes while nothing is missed', async (t) => {
  const [node] = await syncNodes(t)
  const roomId = await node.room([alice, bob, carol])
  await node.say(roomId, alice, 'hello')
  const body = everyRoom(1, [
    ['*', '*'],
    ['m.room.member', '$LAZY'],
  ])
  const members = (events: readonly { type: string; state_key?: string }[] = []) =>
    events.flatMap(({ type, state_key }) => (type === 'm.room.member' ? [state_key] : []))
  let answer = await slidingSync(node, bob, body)
  const first = answer.rooms[roomId]?.required_state
  assert.deepEqual(members(first), [alice])
  assert(first?.some(({ type }) => type === 'm.room.power_levels'))
  await node.say(roomId, alice, 'again')
  answer = await slidingSync(node, bob, { ...body, pos: answer.pos })
  assert.deepEqual(members(answer.rooms[roomId]?.required_state), [])
  await node.send(roomId, carol, member(carol, 'leave'))
  answer = await slidingSync(node, bob, { ...body, pos: answer.pos })
  assert.deepEqual(members(answer.rooms[roomId]?.required_state), [carol])
  assert.equal(answer.rooms[roomId]?.joined_count, 2)
})

test('a wait ends when something happens in a room of the window, also through another node', async (t) => {
  const [here, there] = await syncNodes(t, { nodes: 2 })
  assert(there)
  const roomId = await here.room([alice, bob])
  await there.caughtUp()
  const { pos } = await slidingSync(there, bob, everyRoom())
  const waiting = slidingSync(there, bob, { ...everyRoom(), pos }, { timeoutMs: 20_000 })
  await here.say(roomId, alice, 'hello')
  assert.deepEqual(bodies((await waiting).rooms[roomId]?.timeline), ['hello'])
})

test('a connection goes on at another node, with the same news as often as it asks', async (t) => {
  const [here, there] = await syncNodes(t, { nodes: 2 })
  assert(there)
  const quiet = await here.room([alice, bob])
  const lively = await here.room([alice, bob])
  const top = {
    lists: { top: { ranges: [[0, 0]] as [number, number][], timeline_limit: 3, required_state: [] } },
  }
  const first = await slidingSync(here, bob, top)
  await here.say(quiet, alice, 'one')
  const second = await slidingSync(here, bob, { ...top, pos: first.pos })
  assert.deepEqual(bodies(second.rooms[quiet]?.timeline), ['m.room.join_rules', 'm.room.member', 'one'])
  await here.close()
  for (let n = 0; n < 2; n++) {
    const elsewhere = await slidingSync(there, bob, { ...everyRoom(3), pos: second.pos })
    assert.deepEqual(elsewhere.rooms, {})
  }
  await there.say(lively, alice, 'two')
  const third = await slidingSync(there, bob, { ...everyRoom(3), pos: second.pos })
  assert.deepEqual(Object.keys(third.rooms), [lively])
  assert.deepEqual(bodies(third.rooms[lively]?.timeline), ['two'])
  assert.equal(third.rooms[lively]?.initial, undefined)
})

test('who asks for something else than before is answered at once, though there is no news', async (t) => {
  const [node] = await syncNodes(t)
  await node.room([alice, bob])
  const { pos } = await slidingSync(node, bob, everyRoom())
  const further = { lists: { ...everyRoom().lists, dm: { timeline_limit: 1, filters: { is_dm: true } } } }
  const answer = await slidingSync(node, bob, { ...further, pos }, { timeoutMs: 60_000 })
  assert.deepEqual(answer.lists, { all: { count: 1 }, dm: { count: 0 } })
  assert.deepEqual(answer.rooms, {})
})
