import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accountDataNodes, caughtUp } from './testing.ts'

const alice = '@alice:dure.test'
const bob = '@bob:dure.test'
const room = '!room:dure.test'

test('what one node writes, another reads and shows as a change', async (t) => {
  const [here, there] = await accountDataNodes(t, 2)
  assert(here && there)
  const before = await caughtUp(there)
  await here.accountData.put(alice, undefined, 'org.example', { n: 1 })
  await here.accountData.put(alice, room, 'org.example', { n: 2 })
  await here.accountData.put(bob, undefined, 'org.example', { n: 3 })
  const after = await caughtUp(there)

  assert.deepEqual(await there.accountData.get(alice, undefined, 'org.example'), { n: 1 })
  const changes = await there.accountData.changes(alice, before, after)
  assert.deepEqual(
    changes.map(({ roomId, type, content }) => [roomId, type, content]),
    [
      [undefined, 'org.example', { n: 1 }],
      [room, 'org.example', { n: 2 }],
    ],
  )
  assert.deepEqual(await there.accountData.changes(alice, after, after), [])
  assert.equal((await there.accountData.changes(alice, 0, after)).length, 2)
})

test('a change that was replaced is shown once, at its last position', async (t) => {
  const [node] = await accountDataNodes(t, 1)
  assert(node)
  const before = await caughtUp(node)
  await node.accountData.put(alice, undefined, 'a', { n: 1 })
  const between = await caughtUp(node)
  await node.accountData.put(alice, undefined, 'a', { n: 2 })
  const after = await caughtUp(node)

  assert.deepEqual(await node.accountData.changes(alice, before, between), [])
  const [change] = await node.accountData.changes(alice, between, after)
  assert.deepEqual(change?.content, { n: 2 })
})

test('asking for changes without news costs no query', async (t) => {
  const [node] = await accountDataNodes(t, 1)
  assert(node)
  await node.accountData.put(bob, undefined, 'a', {})
  const now = await caughtUp(node)
  const before = node.queries()
  assert.deepEqual(await node.accountData.changes(alice, now, now + 1), [])
  assert.equal(node.queries(), before)
})

test('many writes at once all arrive, and the last to an entry wins', async (t) => {
  const nodes = await accountDataNodes(t, 2)
  const [node] = nodes
  assert(node)
  const before = await caughtUp(node)
  await Promise.all(
    Array.from({ length: 200 }, (_, n) =>
      nodes[n % 2]?.accountData.put(alice, undefined, `type.${n % 50}`, { n }),
    ),
  )
  const after = await caughtUp(node)
  const changes = await node.accountData.changes(alice, before, after)
  assert.equal(changes.length, 50)
  assert.equal(new Set(changes.map(({ position }) => position)).size, 50)
})

test('tags set at the same time on two nodes are all kept', async (t) => {
  const nodes = await accountDataNodes(t, 2)
  const [node] = nodes
  assert(node)
  await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      nodes[n % 2]?.accountData.setTag(alice, room, `u.${n}`, { order: 0.5 }),
    ),
  )
  assert.equal(Object.keys(await node.accountData.tags(alice, room)).length, 20)
  await Promise.all([
    node.accountData.deleteTag(alice, room, 'u.1'),
    node.accountData.deleteTag(alice, room, 'u.2'),
    node.accountData.setTag(alice, room, '__proto__', {}),
  ])
  const tags = await node.accountData.tags(alice, room)
  assert.equal(Object.keys(tags).length, 19)
  assert(Object.hasOwn(tags, '__proto__'))
})

test('taking away a tag that is not there changes nothing', async (t) => {
  const [node] = await accountDataNodes(t, 1)
  assert(node)
  await node.accountData.deleteTag(alice, room, 'u.nothing')
  assert.equal(await node.accountData.get(alice, room, 'm.tag'), undefined)
})

test('a change of the ignored users is seen by every node that has read it', async (t) => {
  const [here, there] = await accountDataNodes(t, 2)
  assert(here && there)
  assert.deepEqual(await there.accountData.ignoredUsers(alice), new Set())
  await here.accountData.put(alice, undefined, 'm.ignored_user_list', { ignored_users: { [bob]: {} } })
  assert.deepEqual(await here.accountData.ignoredUsers(alice), new Set([bob]))
  await caughtUp(there)
  assert.deepEqual(await there.accountData.ignoredUsers(alice), new Set([bob]))

  const before = there.queries()
  await there.accountData.ignoredUsers(alice)
  assert.equal(there.queries(), before, 'from memory')

  await here.accountData.put(alice, undefined, 'm.ignored_user_list', { ignored_users: 'nobody' })
  await caughtUp(there)
  assert.deepEqual(await there.accountData.ignoredUsers(alice), new Set())
})

test('erasing leaves nothing', async (t) => {
  const [node] = await accountDataNodes(t, 1)
  assert(node)
  await node.accountData.put(alice, undefined, 'a', {})
  await node.accountData.put(alice, undefined, 'm.ignored_user_list', { ignored_users: { [bob]: {} } })
  await node.accountData.ignoredUsers(alice)
  await node.accountData.put(bob, undefined, 'a', {})
  await node.accountData.erase(alice)
  assert.equal(await node.accountData.get(alice, undefined, 'a'), undefined)
  assert.deepEqual(await node.accountData.ignoredUsers(alice), new Set())
  assert.deepEqual(await node.accountData.get(bob, undefined, 'a'), {})
})
