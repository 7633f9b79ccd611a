import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createReach, type Way, ways } from './reach.ts'

const tickMs = 250

/** Ticks from `fromMs` to `toMs`; every question is answered or not at once, as `answers` says. */
function run(
  reach: ReturnType<typeof createReach>,
  [fromMs, toMs]: [number, number],
  answers: (way: Way, nowMs: number) => boolean | 'never',
): Way[] {
  const asked: Way[] = []
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += tickMs) {
    for (const { site, way } of reach.tick(nowMs)) {
      asked.push(way)
      const answer = answers(way, nowMs)
      if (answer === true) reach.answered(site, way, nowMs)
      else if (answer === false) reach.failed(site, way)
    }
  }
  return asked
}

function fixture() {
  return createReach(['b'], { suspectAfterMs: 2_200, tickMs }, 0)
}

test('a site that answers is asked in one way after the other', () => {
  const reach = fixture()
  const asked = run(reach, [250, 2_000], () => true)
  assert.deepEqual(asked, [...ways, ...ways])
  const view = reach.view('b')
  assert.deepEqual(
    { ...view, answering: [...view.answering].sort() },
    {
      silentMs: 0,
      unreachable: false,
      answering: [...ways].sort(),
    },
  )
})

test('a site is unreachable when nothing has answered for 2.2 s, refusing or silent', () => {
  for (const silence of [false, 'never'] as const) {
    const reach = fixture()
    run(reach, [250, 5_000], () => true)
    run(reach, [5_250, 7_000], () => silence)
    assert.equal(reach.view('b').unreachable, false)
    run(reach, [7_250, 7_250], () => silence)
    assert.equal(reach.view('b').unreachable, true)
  }
})

test('one way that answers is enough, whichever it is', () => {
  for (const only of ways) {
    const reach = fixture()
    run(reach, [250, 30_000], (way) => (way === only ? true : 'never'))
    assert.equal(reach.view('b').unreachable, false, only)
    assert(reach.view('b').silentMs < 1_000, only)
  }
})

test('silence while this process stood still is its own', () => {
  const reach = fixture()
  run(reach, [250, 5_000], () => true)
  run(reach, [25_000, 27_000], () => 'never')
  assert.equal(reach.view('b').unreachable, false, 'the two seconds since it goes on are not enough')
  run(reach, [27_250, 27_250], () => 'never')
  assert.equal(reach.view('b').unreachable, true)
})

test('an answer ends it at once', () => {
  const reach = fixture()
  run(reach, [250, 5_000], () => 'never')
  assert.equal(reach.view('b').unreachable, true)
  reach.answered('b', 'etcd', 5_010)
  assert.deepEqual(reach.view('b'), { silentMs: 0, unreachable: false, answering: ['etcd'] })
})

test('questions that wait are bounded', () => {
  const reach = fixture()
  const asked = run(reach, [250, 60_000], () => 'never')
  assert.equal(asked.length, ways.length * 4)
})
