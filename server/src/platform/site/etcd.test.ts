import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { systemClock } from '../clock.ts'
import { atEnd } from '../testing/cleanup.ts'
import { createEtcd, type Etcd } from './etcd.ts'
import { EtcdError, type KeyValue } from './etcd-json.ts'
import { type EtcdMember, etcdMissing, testEtcd } from './testing/etcd-server.ts'

const skip = etcdMissing() ?? false

function clientOf(t: TestContext, members: readonly { url: string }[], timeoutMs = 1_500) {
  const etcd = createEtcd(
    { clock: systemClock },
    { endpoints: members.map(({ url }) => url), hedgeMs: 200, timeoutMs },
  )
  atEnd(t, () => etcd.close())
  return etcd
}

test('a transaction happens only when every compare holds', { skip }, async (t) => {
  const etcd = clientOf(t, await testEtcd(t, 1))
  const create = {
    compares: [{ key: '/a/x', create: '0' }],
    operations: [{ put: { key: '/a/x', value: 'é1' } }],
  }
  assert.equal(await etcd.transact(create), true)
  assert.equal(await etcd.transact(create), false, 'the key exists by now')

  const [x] = await etcd.read(['/a/'])
  assert.deepEqual(
    { ...x, createRevision: '', modRevision: '' },
    {
      key: '/a/x',
      value: 'é1',
      lease: '0',
      createRevision: '',
      modRevision: '',
    },
  )
  assert.equal(x?.createRevision, x?.modRevision)
  const swap = (compare: object, value: string) =>
    etcd.transact({
      compares: [
        { key: '/a/x', create: x?.createRevision ?? '' },
        { key: '/a/x', ...compare } as { key: string; mod: string },
      ],
      operations: [{ put: { key: '/a/x', value } }],
    })
  assert.equal(await swap({ value: 'other' }, 'no'), false)
  assert.equal(await swap({ lease: '77' }, 'no'), false)
  assert.equal(await swap({ mod: '1' }, 'no'), false)
  assert.equal(await swap({ mod: x?.modRevision }, 'y'), true)
  assert.equal(await swap({ mod: x?.modRevision }, 'z'), false, 'the first swap moved the revision')
  assert.equal(await swap({ value: 'y' }, ''), true)
  assert.equal(
    await etcd.transact({ compares: [{ key: '/a/x', value: '' }], operations: [{ remove: '/a/x' }] }),
    true,
  )
  assert.deepEqual(await etcd.read(['/a/']), [])
})

test('a read gives all prefixes at one revision and nothing beside them', { skip }, async (t) => {
  const etcd = clientOf(t, await testEtcd(t, 1))
  const keys = ['/a/1', '/a/2', '/a0', '/b/1', '/c/1', '/a']
  await etcd.transact({ compares: [], operations: keys.map((key) => ({ put: { key, value: key } })) })
  const found = await etcd.read(['/a/', '/c/', '/none/'])
  assert.deepEqual(
    found.map(({ key }) => key),
    ['/a/1', '/a/2', '/c/1'],
  )
  assert.equal(new Set(found.map(({ modRevision }) => modRevision)).size, 1)
})

test('a lease takes its keys with it, and one that ended is told from one that lives', {
  skip,
}, async (t) => {
  const etcd = clientOf(t, await testEtcd(t, 1))
  const lease = await etcd.grantLease(30)
  const kept = await etcd.grantLease(30)
  await etcd.transact({
    compares: [],
    operations: [
      { put: { key: '/a/x', value: '1', lease } },
      { put: { key: '/a/y', value: '1', lease: kept } },
    ],
  })
  assert.deepEqual(
    (await etcd.read(['/a/'])).map((entry) => entry.lease),
    [lease, kept],
  )
  assert.equal(await etcd.keepLease(lease), true)
  assert.equal(await etcd.revokeLease(lease), true)
  assert.equal(await etcd.revokeLease(lease), false)
  assert.equal(await etcd.keepLease(lease), false)
  assert.deepEqual(
    (await etcd.read(['/a/'])).map(({ key }) => key),
    ['/a/y'],
  )
  await assert.rejects(
    etcd.transact({ compares: [], operations: [{ put: { key: '/a/x', value: '1', lease } }] }),
    (error: unknown) => error instanceof EtcdError && error.code === 5,
  )
})

test('with one of three members killed a client goes on with another one', { skip }, async (t) => {
  const members = await testEtcd(t, 3)
  const [own, second, third] = members as [EtcdMember, EtcdMember, EtcdMember]
  const etcd = clientOf(t, [own, second, third])
  assert.equal(await put(etcd, '1'), true)
  assert.equal(etcd.endpoint(), own.url)

  await own.kill()
  const [before] = await readOnceElected(etcd)
  assert.equal(before?.value, '1')
  assert.notEqual(etcd.endpoint(), own.url)
  assert.equal(await put(etcd, '2'), true)

  // The last one alone is a minority: it must say nothing rather than what it remembers.
  await second.kill()
  const alone = clientOf(t, [third], 700)
  await assert.rejects(alone.read(['/a/']), EtcdError)
  await assert.rejects(put(alone, '3'), EtcdError)
})

test('an endpoint that takes the connection and says nothing costs one timeout', { skip }, async (t) => {
  const [member] = await testEtcd(t, 1)
  assert(member)
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  await new Promise((resolve) => silent.once('listening', resolve))
  const address = silent.address()
  assert(address !== null && typeof address === 'object')
  const etcd = clientOf(t, [{ url: `http://127.0.0.1:${address.port}` }, member], 300)
  // Before the clients: a server waits for its connections to end.
  atEnd(t, () => silent.close())

  const started = performance.now()
  assert.deepEqual(await etcd.read(['/a/']), [])
  assert(performance.now() - started < 1_500, 'the first endpoint was given up in time')
  await assert.doesNotReject(put(etcd, '1'))
})

test('closing ends what is under way', async (t) => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  await new Promise((resolve) => silent.once('listening', resolve))
  atEnd(t, () => silent.close())
  const address = silent.address()
  assert(address !== null && typeof address === 'object')
  const etcd = clientOf(t, [{ url: `http://127.0.0.1:${address.port}` }], 60_000)
  const reading = assert.rejects(etcd.read(['/a/']), EtcdError)
  etcd.close()
  await reading
})

function put(etcd: ReturnType<typeof clientOf>, value: string): Promise<boolean> {
  return etcd.transact({ compares: [], operations: [{ put: { key: '/a/x', value } }] })
}

/** The killed member may have led the others: until they have elected one of themselves, none of them answers. */
async function readOnceElected(etcd: Etcd): Promise<readonly KeyValue[]> {
  for (let tries = 1; ; tries++) {
    try {
      return await etcd.read(['/a/'])
    } catch (error) {
      if (tries === 20) throw error
    }
  }
}
