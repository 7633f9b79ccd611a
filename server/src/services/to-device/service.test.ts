import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '../../platform/db/sql.ts'
import type { JsonObject } from '../../platform/json.ts'
import { createTestClock } from '../../platform/testing/clock.ts'
import { forgetTransactions } from './operations/forget.ts'
import type { Pending } from './operations/pending.ts'
import type { SendRequest } from './operations/send.ts'
import { toDeviceFixture } from './testing.ts'

const alice = '@alice:dure.test'
const bob = '@bob:dure.test'

let txns = 0
function request(messages: SendRequest['messages'], given: Partial<SendRequest> = {}): SendRequest {
  return { sender: alice, sessionId: 'session', type: 'm.test', txnId: `txn${txns++}`, messages, ...given }
}

function contents(events: readonly JsonObject[]) {
  return events.map(({ content }) => content)
}

test('a message waits for the device that it is for, on every node, until it is acknowledged', async (t) => {
  const { nodes, login, caughtUp } = await toDeviceFixture(t, { nodes: 2 })
  const [here, there] = nodes
  assert(here && there)
  login(bob, 'PHONE', 'DESK')

  await here.toDevice.send(request({ [bob]: { PHONE: { n: 1 } } }))
  const upTo = await caughtUp()

  for (const { toDevice } of nodes) {
    const { events, last } = await toDevice.pending(bob, 'PHONE', 0, upTo, 100)
    assert.deepEqual(events, [{ sender: alice, type: 'm.test', content: { n: 1 } }])
    assert.equal(last, undefined)
    assert.deepEqual(await toDevice.pending(bob, 'DESK', 0, upTo, 100), { events: [], last: undefined })
    assert.deepEqual(await toDevice.pending(bob, 'PHONE', upTo, upTo, 100), { events: [], last: undefined })
  }
  await there.toDevice.acknowledge(bob, 'PHONE', upTo)
  assert.deepEqual((await here.toDevice.pending(bob, 'PHONE', 0, upTo, 100)).events, [])
})

test('an asterisk means every device of the person that is not named', async (t) => {
  const { nodes, login, caughtUp } = await toDeviceFixture(t)
  const [node] = nodes
  assert(node)
  login(bob, 'PHONE', 'DESK')
  login(alice, 'LAPTOP')

  await node.toDevice.send(
    request({ [bob]: { '*': { for: 'all' }, DESK: { for: 'desk' } }, [alice]: { '*': { for: 'all' } } }),
  )
  const upTo = await caughtUp()

  const inbox = async (userId: string, deviceId: string) =>
    contents((await node.toDevice.pending(userId, deviceId, 0, upTo, 100)).events)
  assert.deepEqual(await inbox(bob, 'PHONE'), [{ for: 'all' }])
  assert.deepEqual(await inbox(bob, 'DESK'), [{ for: 'desk' }])
  assert.deepEqual(await inbox(alice, 'LAPTOP'), [{ for: 'all' }])
})

test('nothing is kept for people and devices that do not exist', async (t) => {
  const { nodes, db, login } = await toDeviceFixture(t)
  login(bob, 'PHONE')

  await nodes[0]?.toDevice.send(
    request({ [bob]: { GONE: {} }, '@nobody:dure.test': { '*': {} }, '@nul\0:dure.test': { '*': {} } }),
  )

  assert.deepEqual(await db.rows(sql`select from to_device.message`), [])
})

test('a request that is sent many times at once, on two nodes, arrives once', async (t) => {
  const { nodes, login, caughtUp } = await toDeviceFixture(t, { nodes: 2 })
  login(bob, 'PHONE')
  const same = request({ [bob]: { '*': { n: 1 } } })

  await Promise.all(nodes.flatMap(({ toDevice }) => Array.from({ length: 8 }, () => toDevice.send(same))))

  const upTo = await caughtUp()
  const pending = await nodes[0]?.toDevice.pending(bob, 'PHONE', 0, upTo, 100)
  assert.equal(pending?.events.length, 1)
})

test('the same transaction id is another request in another session and for another type', async (t) => {
  const { nodes, login, caughtUp } = await toDeviceFixture(t)
  const [node] = nodes
  assert(node)
  login(bob, 'PHONE')
  const first = request({ [bob]: { '*': { n: 1 } } })

  await node.toDevice.send(first)
  await node.toDevice.send({ ...first, sessionId: 'another' })
  await node.toDevice.send({ ...first, type: 'm.other' })
  await node.toDevice.send({ ...first, sender: bob })

  const upTo = await caughtUp()
  assert.equal((await node.toDevice.pending(bob, 'PHONE', 0, upTo, 100)).events.length, 4)
})

test('a long inbox is read in parts, each beginning where the last one ended', async (t) => {
  const { nodes, login, caughtUp } = await toDeviceFixture(t, { nodes: 2 })
  login(bob, 'PHONE')
  const sent = Array.from({ length: 25 }, (_, n) => n)
  for (const n of sent) await nodes[n % 2]?.toDevice.send(request({ [bob]: { PHONE: { n } } }))
  const upTo = await caughtUp()

  const read: unknown[] = []
  let after: number | undefined = 0
  const sizes: number[] = []
  while (after !== undefined) {
    const part: Pending | undefined = await nodes[0]?.toDevice.pending(bob, 'PHONE', after, upTo, 10)
    assert(part)
    sizes.push(part.events.length)
    read.push(...contents(part.events).map((content) => (content as JsonObject)['n']))
    after = part.last
  }

  assert.deepEqual(sizes, [10, 10, 5])
  assert.deepEqual(read, sent)
})

test('a message beyond the position asked for is not given yet', async (t) => {
  const { nodes, login, caughtUp } = await toDeviceFixture(t)
  const [node] = nodes
  assert(node)
  login(bob, 'PHONE')
  await node.toDevice.send(request({ [bob]: { PHONE: { n: 1 } } }))
  const first = await caughtUp()
  await node.toDevice.send(request({ [bob]: { PHONE: { n: 2 } } }))
  const second = await caughtUp()

  assert.deepEqual(contents((await node.toDevice.pending(bob, 'PHONE', 0, first, 100)).events), [{ n: 1 }])
  assert.deepEqual(contents((await node.toDevice.pending(bob, 'PHONE', first, second, 100)).events), [
    { n: 2 },
  ])
  await node.toDevice.acknowledge(bob, 'PHONE', first)
  assert.deepEqual(contents((await node.toDevice.pending(bob, 'PHONE', 0, second, 100)).events), [{ n: 2 }])
})

test('a device without news costs no query', async (t) => {
  const { nodes, login, caughtUp } = await toDeviceFixture(t)
  const [node] = nodes
  assert(node)
  login(bob, 'PHONE', 'DESK')
  await node.toDevice.send(request({ [bob]: { DESK: {} } }))
  const start = await caughtUp()
  await node.toDevice.acknowledge(bob, 'PHONE', start)
  await node.toDevice.send(request({ [bob]: { DESK: {} } }))
  const upTo = await caughtUp()

  const before = node.queries()
  await node.toDevice.pending(bob, 'PHONE', start, upTo, 100)
  await node.toDevice.acknowledge(bob, 'PHONE', upTo)
  assert.equal(node.queries(), before)
  await node.toDevice.pending(bob, 'DESK', start, upTo, 100)
  await node.toDevice.acknowledge(bob, 'DESK', upTo)
  assert.equal(node.queries(), before + 2)
})

test('an inbox keeps its newest messages when it grows too long', async (t) => {
  const always = { bytes: Buffer.alloc, below: () => 0, text: () => '' }
  const { nodes, login, caughtUp } = await toDeviceFixture(t, {
    random: always,
    settings: { inboxMessagesMax: 3 },
  })
  const [node] = nodes
  assert(node)
  login(bob, 'PHONE', 'DESK')
  await node.toDevice.send(request({ [bob]: { DESK: {} } }))
  for (let n = 0; n < 6; n++) await node.toDevice.send(request({ [bob]: { PHONE: { n } } }))
  const upTo = await caughtUp()

  // Trimming comes before the insert, so one more than the limit may be there.
  const { events } = await node.toDevice.pending(bob, 'PHONE', 0, upTo, 100)
  assert.deepEqual(contents(events), [{ n: 2 }, { n: 3 }, { n: 4 }, { n: 5 }])
  assert.equal((await node.toDevice.pending(bob, 'DESK', 0, upTo, 100)).events.length, 1)
})

test('a message that is too large is refused and nothing of the request is kept', async (t) => {
  const { nodes, db, login } = await toDeviceFixture(t, { settings: { messageBytesMax: 100 } })
  login(bob, 'PHONE', 'DESK')
  const large = request({ [bob]: { PHONE: {}, DESK: { text: 'x'.repeat(100) } } })

  assert(nodes[0])
  await assert.rejects(nodes[0].toDevice.send(large), { code: 'to_device.message_too_large', status: 413 })
  assert.deepEqual(await db.rows(sql`select from to_device.message`), [])
})

test('deleting a device or an account takes its inbox along', async (t) => {
  const { nodes, db, login } = await toDeviceFixture(t)
  const [node] = nodes
  assert(node)
  login(bob, 'PHONE', 'DESK')
  login(alice, 'LAPTOP')
  await node.toDevice.send(request({ [bob]: { '*': {} }, [alice]: { '*': {} } }))
  const owners = () =>
    db.rows(sql`select user_id as "userId", device_id as "deviceId" from to_device.message order by 1, 2`)

  await node.toDevice.forgetDevices(bob, ['PHONE'])
  assert.deepEqual(await owners(), [
    { userId: alice, deviceId: 'LAPTOP' },
    { userId: bob, deviceId: 'DESK' },
  ])
  await node.toDevice.forgetUser(alice)
  assert.deepEqual(await owners(), [{ userId: bob, deviceId: 'DESK' }])
  assert.deepEqual(await db.rows(sql`select from to_device.transaction`), [])
})

test('transaction ids are forgotten when nobody repeats them any more', async (t) => {
  const clock = createTestClock()
  const { nodes, db, login } = await toDeviceFixture(t, { clock })
  const [node] = nodes
  assert(node)
  login(bob, 'PHONE')
  await node.toDevice.send(request({ [bob]: { '*': {} } }, { txnId: 'old' }))
  await clock.advance(800)
  await node.toDevice.send(request({ [bob]: { '*': {} } }, { txnId: 'young' }))
  await clock.advance(400)
  await forgetTransactions({ db }, clock.now() - 1000)

  assert.deepEqual(await db.rows(sql`select txn_id from to_device.transaction`), [{ txn_id: 'young' }])
})
