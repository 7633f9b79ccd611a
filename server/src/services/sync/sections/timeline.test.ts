import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { TimelineEvent } from '../../rooms/api.ts'
import { timelineEvent } from '../testing/events.ts'
import { chooseTimeline, type Timeline, withheldState } from './timeline.ts'

type Options = { limit: number; after?: number; isHidden?: (event: TimelineEvent) => boolean }

/** The timeline of a history whose newest `limit` events were read, as sync does. */
function choose(
  history: readonly TimelineEvent[],
  { limit, after, isHidden = () => false }: Options,
): Promise<Timeline> {
  const slice = (before: number, most: number) => {
    const range = history.filter(({ position }) => position > (after ?? 0) && position < before)
    return { events: range.slice(-most), limited: range.length > most }
  }
  const end = 1000
  return chooseTimeline({
    newest: slice(end + 1, limit),
    after,
    end,
    limit,
    choose: async (events) => events.filter((event) => !isHidden(event)),
    older: async (before, most) => slice(before, most),
  })
}

const messages = (count: number) => Array.from({ length: count }, (_, index) => timelineEvent(index + 1))
const positions = (events: readonly TimelineEvent[]) => events.map(({ position }) => position)
const name = (position: number) => timelineEvent(position, { type: 'm.room.name', stateKey: '' })

test('a short stretch is shown whole and begins right after what is known', async () => {
  const timeline = await choose(messages(12), { limit: 5, after: 9 })
  assert.deepEqual(positions(timeline.events), [10, 11, 12])
  assert.deepEqual([timeline.start, timeline.limited, timeline.fromBeginning], [10, false, false])
})

test('a long stretch is cut to its newest events, and says so', async () => {
  const timeline = await choose(messages(12), { limit: 5, after: 3 })
  assert.deepEqual(positions(timeline.events), [8, 9, 10, 11, 12])
  assert.deepEqual([timeline.start, timeline.limited], [8, true])
})

test('a room shown from its first event on has nothing before it', async () => {
  const timeline = await choose(messages(3), { limit: 5 })
  assert.deepEqual([timeline.start, timeline.limited, timeline.fromBeginning], [1, false, true])
})

test('it looks further back when few of the newest events may be shown', async () => {
  const timeline = await choose(messages(40), { limit: 3, isHidden: ({ position }) => position % 4 !== 0 })
  assert.deepEqual(positions(timeline.events), [32, 36, 40])
  assert.equal(timeline.limited, true)
})

test('a search that gives up is a gap', async () => {
  const timeline = await choose(messages(900), { limit: 3, isHidden: () => true })
  assert.deepEqual([timeline.events.length, timeline.limited], [0, true])
  assert.ok(timeline.start > 1)
})

test('a state event that is withheld after one of its key was shown ends the timeline before it', async () => {
  const history = [timelineEvent(1), name(2), timelineEvent(3), name(4), timelineEvent(5)]
  const timeline = await choose(history, { limit: 10, isHidden: ({ position }) => position === 4 })
  assert.deepEqual(positions(timeline.events), [5])
  assert.deepEqual([timeline.start, timeline.limited], [5, true])
})

test('withheld state is the last of each key that the timeline covers and does not show', async () => {
  const history = [name(1), name(2), timelineEvent(3)]
  const timeline = await choose(history, {
    limit: 10,
    after: 0,
    isHidden: ({ stateKey }) => stateKey !== undefined,
  })
  assert.deepEqual(positions(withheldState(timeline)), [2])
  assert.equal(timeline.limited, false)
})

test('of any history, state before the start, withheld state and timeline make up the state at the end', async () => {
  const event = fc.record({ key: fc.constantFrom('a', 'b', undefined), hidden: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { maxLength: 30 }),
      fc.integer({ min: 1, max: 8 }),
      async (drawn, limit) => {
        const history = drawn.map(({ key }, index) =>
          timelineEvent(index + 1, { type: 'm.test', stateKey: key }),
        )
        const isHidden = ({ position }: TimelineEvent) => drawn[position - 1]?.hidden === true
        const timeline = await choose(history, { limit, after: 0, isHidden })
        const before = history.filter(({ position }) => position < timeline.start)
        const client = lastOfEach([...before, ...withheldState(timeline), ...timeline.events])
        assert.deepEqual(client, lastOfEach(history))
        assert.ok(timeline.events.length <= limit && timeline.events.every((shown) => !isHidden(shown)))
        if (!timeline.limited) assert.equal(timeline.start, 1)
      },
    ),
    { numRuns: 500 },
  )
})

function lastOfEach(events: readonly TimelineEvent[]): Record<string, number> {
  return Object.fromEntries(
    events.flatMap(({ stateKey, position }) => (stateKey === undefined ? [] : [[stateKey, position]])),
  )
}
