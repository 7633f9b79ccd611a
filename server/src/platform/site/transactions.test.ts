import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { systemClock } from '../clock.ts'
import { atEnd } from '../testing/cleanup.ts'
import { createEtcd, type Etcd } from './etcd.ts'
import type { Operation } from './etcd-json.ts'
import { patroniPrefix, readPatroniKeys } from './patroni-keys.ts'
import { etcdMissing, testEtcd } from './testing/etcd-server.ts'
import { challengeTransaction, releaseTransaction } from './transactions.ts'
import { encodeReport, readWatchKeys, reportKeyOf, watchKey, watchPrefix } from './watch-keys.ts'

const skip = etcdMissing() ?? false
const reportOfC = reportKeyOf('dure', { site: 'c', node: 'n' })
const unreachable = encodeReport({ site: 'c', node: 'n', reachable: ['b'], unreachable: ['a'] })

test('challenge and release remove what they should, and revoking the lease ends what is left of the leader', {
  skip,
}, async (t) => {
  const etcd = await fixture(t)
  const lease = await lead(etcd)
  assert.equal(await challenge(etcd, await observe(etcd)), true)
  assert.deepEqual(await keysUnder(etcd, '/service/dure/'), ['config', 'leader', 'status', 'sync'])
  assert.deepEqual(await keysUnder(etcd, '/dure/dure/site/'), [
    'backoff',
    'challenge',
    'repeated',
    'report/c/n',
  ])

  assert.equal(await release(etcd, await observe(etcd)), true)
  assert.deepEqual(await keysUnder(etcd, '/service/dure/'), ['config', 'status', 'sync'])
  assert.deepEqual(await keysUnder(etcd, '/dure/dure/site/'), [
    'backoff',
    'released',
    'repeated',
    'report/c/n',
  ])
  assert.equal(await etcd.revokeLease(lease), true)
  assert.equal(await etcd.keepLease(lease), false)
})

/** Everything that may happen between the look and the transaction. */
const changes: Record<string, (etcd: Etcd, lease: string) => Promise<unknown>> = {
  'the leader is another one': (etcd) => put(etcd, '/service/dure/leader', 'b'),
  'the leader has a new lease': async (etcd) =>
    put(etcd, '/service/dure/leader', 'a', await etcd.grantLease(60)),
  'the same leader came back': async (etcd, lease) => {
    await carryOut(etcd, { remove: '/service/dure/leader' })
    await put(etcd, '/service/dure/leader', 'a', lease)
  },
  'the leader is gone': (etcd, lease) => etcd.revokeLease(lease),
  'the quorum changed': (etcd) => put(etcd, '/service/dure/sync', '{"leader":"a","sync_standby":"b"}'),
  'somebody paused Patroni': (etcd) => put(etcd, '/service/dure/config', '{"pause":true}'),
  'somebody asked for a switch-over': (etcd) => put(etcd, '/service/dure/failover', '{"leader":"a"}'),
  'an operator stopped the watchers': (etcd) => put(etcd, watchKey('dure', 'stop'), ''),
  'the other site reaches the leader again': (etcd) =>
    put(etcd, reportOfC, encodeReport({ site: 'c', node: 'n', reachable: ['a', 'b'], unreachable: [] })),
  'the other site misses nobody any more': (etcd) => carryOut(etcd, { remove: reportOfC }),
}

test('a challenge does nothing when anything has changed since it was decided', { skip }, async (t) => {
  const etcd = await fixture(t)
  for (const [what, change] of Object.entries({
    ...changes,
    'the leader wrote its member key': (client: Etcd, lease: string) =>
      put(client, '/service/dure/members/a', '{"changed":1}', lease),
    'another watcher was first': async (client: Etcd) => challenge(client, await observe(client)),
    'somebody acted a moment ago': (client: Etcd) => put(client, watchKey('dure', 'backoff'), ''),
  })) {
    const lease = await lead(etcd)
    const observed = await observe(etcd)
    await change(etcd, lease)
    const before = await etcd.read(['/'])
    assert.equal(await challenge(etcd, observed), false, what)
    assert.deepEqual(await etcd.read(['/']), before, what)
  }
})

test('after a switch-over that is over a leader is released, unless another one is asked for meanwhile', {
  skip,
}, async (t) => {
  const etcd = await fixture(t)
  await lead(etcd)
  await put(etcd, '/service/dure/failover', '{}')
  const observed = await observe(etcd)
  await put(etcd, '/service/dure/failover', '{"leader":"a"}')
  assert.equal(await challenge(etcd, observed), false)
  await put(etcd, '/service/dure/failover', '{}')
  assert.equal(await challenge(etcd, await observe(etcd)), true)
  assert.equal(await release(etcd, await observe(etcd)), true)
})

test('a release does nothing when anything has changed since it was decided', { skip }, async (t) => {
  const etcd = await fixture(t)
  for (const [what, change] of Object.entries({
    ...changes,
    'the leader answered': (client: Etcd, lease: string) =>
      put(client, '/service/dure/members/a', '{}', lease),
    'another watcher was first': async (client: Etcd) => release(client, await observe(client)),
    'the challenge is a new one': (client: Etcd) => put(client, watchKey('dure', 'challenge'), '{}'),
    'the challenge lapsed': (client: Etcd) => carryOut(client, { remove: watchKey('dure', 'challenge') }),
  })) {
    const lease = await lead(etcd)
    assert.equal(await challenge(etcd, await observe(etcd)), true, what)
    const observed = await observe(etcd)
    await change(etcd, lease)
    const before = await etcd.read(['/'])
    assert.equal(await release(etcd, observed), false, what)
    assert.deepEqual(await etcd.read(['/']), before, what)
  }
})

async function fixture(t: TestContext): Promise<Etcd> {
  const endpoints = (await testEtcd(t, 1)).map(({ url }) => url)
  const etcd = createEtcd({ clock: systemClock }, { endpoints, hedgeMs: 500, timeoutMs: 2_000 })
  atEnd(t, () => etcd.close())
  return etcd
}

/** Begins anew: `a` leads, and site `c` misses it. */
async function lead(etcd: Etcd): Promise<string> {
  for (const { key } of await etcd.read(['/'])) await carryOut(etcd, { remove: key })
  const lease = await etcd.grantLease(60)
  await put(etcd, '/service/dure/leader', 'a', lease)
  await put(etcd, '/service/dure/members/a', '{}', lease)
  await put(etcd, '/service/dure/sync', '{"leader":"a","sync_standby":"b,c","quorum":1}')
  await put(etcd, '/service/dure/config', '{}')
  await put(etcd, '/service/dure/status', '{"optime":1}')
  await put(etcd, reportOfC, unreachable)
  return lease
}

type Observed = Awaited<ReturnType<typeof observe>>

async function observe(etcd: Etcd) {
  const keys = await etcd.read([patroniPrefix('dure'), watchPrefix('dure')])
  const watch = readWatchKeys('dure', keys)
  return { cluster: 'dure', patroni: readPatroniKeys('dure', keys), watch }
}

function about({ watch }: Observed) {
  return { leader: 'a', agreeing: watch.reports }
}

async function challenge(etcd: Etcd, observed: Observed): Promise<boolean> {
  const [one, two, three] = await Promise.all([etcd.grantLease(60), etcd.grantLease(60), etcd.grantLease(60)])
  const leases = { challenge: one, backoff: two, repeated: three }
  return etcd.transact(challengeTransaction(observed, about(observed), leases, 'b/n'))
}

function release(etcd: Etcd, observed: Observed): Promise<boolean> {
  return etcd.transact(releaseTransaction(observed, about(observed), '{}'))
}

function put(etcd: Etcd, key: string, value: string, lease?: string): Promise<boolean> {
  return carryOut(etcd, { put: { key, value, ...(lease !== undefined && { lease }) } })
}

function carryOut(etcd: Etcd, operation: Operation): Promise<boolean> {
  return etcd.transact({ compares: [], operations: [operation] })
}

async function keysUnder(etcd: Etcd, prefix: string): Promise<string[]> {
  return (await etcd.read([prefix])).map(({ key }) => key.slice(prefix.length))
}
