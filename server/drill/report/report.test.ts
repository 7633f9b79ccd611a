import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestClock } from '../../src/platform/testing/clock.ts'
import type { Violation } from '../checks/violation.ts'
import { createNumbers } from '../load/recorder.ts'
import { burnPlot } from './burn-plot.ts'
import { html } from './html.ts'
import { json } from './json.ts'
import { table } from './table.ts'
import type { DrillReport, ScenarioRow } from './types.ts'

/** Two people who send every half second; from the fire on nobody's send succeeds for six seconds. */
function drill(violations: Violation[] = []): DrillReport {
  const clock = createTestClock()
  const numbers = createNumbers({ clock }, ['busan', 'daegu'])
  const startedAt = clock.now()
  const talk = (halfSeconds: number, answered: boolean) => {
    const sends = []
    for (let i = 0; i < halfSeconds; i++) {
      for (const client of ['@jisoo', '@minho']) {
        const send = numbers.wanted(client)
        send.begun()
        numbers.attempt('busan', answered ? undefined : 'unanswered')
        if (answered) send.done()
        sends.push(send)
      }
      clock.jump(500)
    }
    return sends
  }
  talk(40, true)
  numbers.mark('fire', 'busan')
  for (const send of talk(12, false)) send.done()
  talk(60, true)
  const row: ScenarioRow = {
    scenario: 'burn-primary',
    title: 'Burn the primary’s <site>',
    round: 1,
    site: 'busan',
    burn: true,
    startedAt,
    finishedAt: clock.now(),
    window: numbers.window(),
    violations,
    notes: [],
    operatorActions: 0,
    aims: [{ text: 'outage p99 ≤ 8 s', met: true }],
  }
  const drained = { ...row, scenario: 'drain', burn: false }
  return {
    seed: 7,
    command: 'npm run drill -- --seed 7',
    quick: true,
    startedAt,
    finishedAt: clock.now(),
    versions: { postgresql: '15' },
    machine: { processor: 'any', cpus: 2, memoryGiB: 8 },
    network: '1 ms between sites',
    sites: ['busan', 'daegu'],
    load: { people: 2, sendsPerSecond: 4 },
    scenarios: [row, drained],
    skipped: [],
    series: numbers.series(),
  }
}

test('the JSON report carries the figures a drill is judged by', () => {
  const report = JSON.parse(json(drill()))
  const { passed, burns, lost, doubled, outage_p99_s, outage_max_s, failed_requests_in_drain, seed } = report
  assert.deepEqual(
    { passed, burns, lost, doubled, outage_p99_s, outage_max_s, failed_requests_in_drain, seed },
    {
      passed: true,
      burns: 1,
      lost: 0,
      doubled: 0,
      outage_p99_s: 6,
      outage_max_s: 6,
      failed_requests_in_drain: 24,
      seed: 7,
    },
  )
})

test('the throughput before, during and after a fire is told', () => {
  const { throughput } = drill().scenarios[0]?.window ?? {}
  assert.deepEqual(throughput, { beforePerS: 4, duringPerS: 0, afterPerS: 4.8 })
})

test('a lost message makes the drill fail, and stands in every report', () => {
  const report = drill([{ what: 'lost', detail: 'send a is not there', who: '@jisoo', site: 'daegu', at: 5 }])
  assert.equal(JSON.parse(json(report)).passed, false)
  assert.match(table(report), /lost: @jisoo daegu .*send a is not there/)
  assert.match(table(report), /NOT PASSED/)
  assert.match(html(report), /<strong>lost<\/strong>: send a is not there/)
})

test('the page needs nothing else: no script, nothing loaded, and what it is given is escaped', () => {
  const page = html(drill())
  assert.doesNotMatch(page, /<script|<link|<img|@import|url\(/)
  assert.doesNotMatch(page, /<site>/)
  assert.match(page, /6\.0 s without a message/)
})

test('the picture of a fire stands alone', () => {
  const { series, scenarios } = drill()
  const [row] = scenarios
  assert(row)
  const picture = burnPlot(series, row, { standalone: true })
  assert.match(picture, /^<svg [^>]*xmlns=[^>]*width="760"/)
  assert.match(picture, /<style>/)
  assert.match(picture, /busan burns/)
})
