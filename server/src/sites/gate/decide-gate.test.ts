import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decideGate, type GateAnswer, type GateSituation } from './decide-gate.ts'
import type { Epoch } from './epoch.ts'

const all = ['a', 'b', 'c']
const first: Epoch = { epoch: 1, members: all, sinceMs: undefined, by: undefined }
const second = (...members: string[]): Epoch => ({ epoch: 2, members, sinceMs: 0, by: 'root' })

const answer = (site: string, epoch: Epoch, etcdRuns: boolean): GateAnswer => ({ site, epoch, etcdRuns })
const situation = (own: Epoch, others: GateAnswer[], more: Partial<GateSituation> = {}): GateSituation => ({
  site: 'b',
  own,
  others,
  ownEtcdRuns: false,
  opened: false,
  ...more,
})
const because = (given: GateSituation) => decideGate(given).because

test('a site starts when another one of its epoch runs, with or without the third', () => {
  assert.equal(because(situation(first, [answer('a', first, true)])), 'member_runs')
  assert.equal(
    because(situation(first, [answer('a', first, true), answer('c', first, false)])),
    'member_runs',
  )
})

test('three sites that all come back start together, and so do those of a smaller epoch', () => {
  const both = [answer('a', first, false), answer('c', first, false)]
  assert.equal(because(situation(first, both)), 'all_present')
  assert.equal(because(situation(second('b', 'c'), [answer('c', second('b', 'c'), false)])), 'all_present')
  assert.equal(because(situation(second('b'), [])), 'all_present')
})

test('two returning sites that cannot see the third wait', () => {
  const verdict = decideGate(situation(first, [answer('c', first, false)]))
  assert.deepEqual(verdict.open, false)
  assert.match('what' in verdict ? verdict.what : '', /no other site of epoch 1 runs, and a cannot be asked/)
  assert.equal(because(situation(first, [])), 'sites_missing')
})

test('a site of an older epoch waits for its rejoining, whatever anybody says', () => {
  const last = answer('a', second('a'), true)
  for (const etcdRuns of [true, false])
    for (const opened of [true, false])
      for (const ownEtcdRuns of [true, false])
        assert.equal(
          because(situation(first, [last, answer('c', first, etcdRuns)], { opened, ownEtcdRuns })),
          'older_epoch',
        )
})

test('older sites are nobody to wait for, and nobody to follow', () => {
  const older = [answer('a', first, true), answer('c', first, true)]
  assert.equal(because(situation(second('b'), older)), 'all_present')
  assert.equal(because(situation(second('a', 'b'), older)), 'sites_missing')
})

test('who knows of a newer member waits for it, also for one whose admission was not heard of here', () => {
  const wider = answer('c', second('a', 'b', 'c'), false)
  assert.equal(because(situation(second('b', 'c'), [wider])), 'sites_missing')
  assert.equal(because(situation(second('a', 'c'), [answer('c', second('a', 'c'), true)])), 'not_a_member')
})

test('an operator opens the gate, and PostgreSQL follows its own etcd', () => {
  assert.equal(because(situation(first, [], { opened: true })), 'opened')
  assert.equal(because(situation(first, [], { ownEtcdRuns: true })), 'own_etcd_runs')
})

/**
 * Every way in which three sites can stand at their gates: epochs, members, who runs, who sees whom. Whoever starts in an older epoch
 * than another site's follows somebody who ran in it before, or was opened by hand.
 */
test('in no combination two stopped sites start without the third of their epoch', () => {
  const epochs = [first, second('a'), second('a', 'b'), second('a', 'c'), second('a', 'b', 'c')]
  let combinations = 0
  for (const own of epochs)
    for (const a of [undefined, ...epochs])
      for (const c of [undefined, ...epochs])
        for (const runs of [0, 1, 2, 3]) {
          const others = [
            ...(a ? [answer('a', a, (runs & 1) > 0)] : []),
            ...(c ? [answer('c', c, (runs & 2) > 0)] : []),
          ]
          const verdict = decideGate(situation(own, others))
          const equals = others.filter(({ epoch }) => epoch.epoch === own.epoch)
          const newer = others.some(({ epoch }) => epoch.epoch > own.epoch)
          const members = new Set(
            [own, ...equals.map(({ epoch }) => epoch)].flatMap((epoch) => epoch.members),
          )
          const present = new Set(['b', ...equals.map(({ site }) => site)])
          const mayStart =
            !newer &&
            members.has('b') &&
            (equals.some(({ etcdRuns }) => etcdRuns) || [...members].every((name) => present.has(name)))
          assert.equal(verdict.open, mayStart, JSON.stringify({ own, others }))
          combinations++
        }
  assert.equal(combinations, 5 * 6 * 6 * 4)
})
