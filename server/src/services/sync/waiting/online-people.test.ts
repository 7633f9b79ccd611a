import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLog } from '../../../platform/log.ts'
import { createTestClock } from '../../../platform/testing/clock.ts'
import type { MembershipEntry } from '../../rooms/api.ts'
import { memberEvent, timelineEvent } from '../testing/events.ts'
import { createOnlinePeople } from './online-people.ts'

const never = new AbortController().signal

function fixture(rooms: Record<string, string[]>) {
  const clock = createTestClock()
  let asked = 0
  const entry = (roomId: string): MembershipEntry => ({
    roomId,
    membership: 'join',
    eventId: '$1',
    position: 1,
    sender: '@ann:x',
    forgotten: false,
  })
  const people = createOnlinePeople({
    clock,
    log: createLog('silent'),
    stream: { position: () => 10 },
    rooms: {
      async membershipsOf(userId) {
        asked++
        return new Map((rooms[userId] ?? []).map((roomId) => [roomId, entry(roomId)]))
      },
    },
  })
  /** Whether each of these people's waits has ended, and how. */
  async function waitAll(...userIds: string[]) {
    const ended = new Map<string, boolean>()
    for (const userId of userIds) {
      const visit = await people.attend(userId)
      const seen = { position: 10, softChanges: visit.softChanges() }
      visit.wait(seen, 30_000, never).then((isOver) => ended.set(userId, isOver), assert.ifError)
    }
    async function endedSoFar() {
      await new Promise(setImmediate)
      return Object.fromEntries(ended)
    }
    return { ended: endedSoFar }
  }
  return { clock, people, waitAll, asked: () => asked }
}

test('an event wakes the members of its room who wait, and nobody else', async () => {
  const { people, waitAll } = fixture({ '@ann:x': ['!room'], '@bob:x': ['!room'], '@eve:x': ['!other'] })
  const { ended } = await waitAll('@ann:x', '@bob:x', '@eve:x')
  people.takeEvents([timelineEvent(11)])
  assert.deepEqual(await ended(), {})
  people.advanced(11, [{ topic: 'rooms', after: 10, upTo: 11, concerned: undefined }])
  assert.deepEqual(await ended(), { '@ann:x': false, '@bob:x': false })
})

test('joining and leaving move a person between rooms; the own membership event itself wakes', async () => {
  const { people, waitAll } = fixture({ '@ann:x': ['!room'], '@bob:x': [] })
  people.takeEvents([memberEvent(5, '@bob:x', 'join')])
  const { ended } = await waitAll('@ann:x', '@bob:x')
  people.takeEvents([memberEvent(11, '@bob:x', 'join'), memberEvent(12, '@ann:x', 'leave')])
  people.advanced(12, [])
  assert.deepEqual(await ended(), { '@ann:x': false, '@bob:x': false })
  const again = await waitAll('@ann:x', '@bob:x')
  assert.deepEqual(await again.ended(), { '@ann:x': false, '@bob:x': false }, 'position 12 is later than 10')
})

test('what came between the answer and the wait ends the wait at once', async () => {
  const { people } = fixture({ '@ann:x': ['!room'] })
  const visit = await people.attend('@ann:x')
  people.takeEvents([timelineEvent(11)])
  people.advanced(11, [])
  assert.equal(await visit.wait({ position: 10, softChanges: 0 }, 30_000, never), false)
})

test('rows that name people wake them; rows that name nobody wake everybody', async () => {
  const { people, waitAll } = fixture({ '@ann:x': ['!room'], '@bob:x': ['!room'], '@eve:x': [] })
  const first = await waitAll('@ann:x', '@bob:x', '@eve:x')
  people.advanced(11, [{ topic: 'to_device', after: 10, upTo: 11, concerned: { users: ['@eve:x'] } }])
  assert.deepEqual(await first.ended(), { '@eve:x': false })
  people.advanced(12, [{ topic: 'push', after: 11, upTo: 12, concerned: undefined }])
  assert.deepEqual(await first.ended(), { '@eve:x': false, '@ann:x': false, '@bob:x': false })
})

test('changes around somebody reach those who share a room with them, whether they are here or not', async () => {
  const { people, waitAll } = fixture({ '@ann:x': ['!room'], '@eve:x': ['!other'], '@away:x': ['!room'] })
  const { ended } = await waitAll('@ann:x', '@eve:x')
  people.advanced(11, [{ topic: 'keys', after: 10, upTo: 11, concerned: { peopleAround: ['@away:x'] } }])
  assert.deepEqual(await ended(), { '@ann:x': false })
})

test('it is quiet since a position from which on everything was noted and nothing came', async () => {
  const { people } = fixture({ '@ann:x': ['!room'] })
  const visit = await people.attend('@ann:x')
  assert.deepEqual([visit.isQuietSince(9), visit.isQuietSince(10)], [false, true])
  people.takeEvents([timelineEvent(11)])
  people.advanced(11, [])
  assert.deepEqual([visit.isQuietSince(10), visit.isQuietSince(11)], [false, true])
})

test('typing wakes the room, presence those around', async () => {
  const { people, waitAll } = fixture({ '@ann:x': ['!room'], '@bob:x': ['!room'], '@eve:x': ['!other'] })
  const first = await waitAll('@ann:x', '@eve:x')
  people.softly({ roomId: '!room' })
  assert.deepEqual(await first.ended(), { '@ann:x': false })
  const second = await waitAll('@bob:x')
  people.softly({ userId: '@bob:x' })
  assert.deepEqual(await second.ended(), { '@bob:x': false })
})

test('a wait ends when its time is up, when the client goes, and when the node drains', async () => {
  const { clock, people, waitAll } = fixture({})
  const { ended } = await waitAll('@ann:x')
  await clock.advance(29_900)
  assert.deepEqual(await ended(), {})
  await clock.advance(200)
  assert.deepEqual(await ended(), { '@ann:x': true })

  const gone = new AbortController()
  const visit = await people.attend('@ann:x')
  const waiting = visit.wait({ position: 10, softChanges: 0 }, 30_000, gone.signal)
  gone.abort()
  assert.equal(await waiting, true)

  const last = visit.wait({ position: 10, softChanges: 0 }, 30_000, never)
  people.close()
  assert.equal(await last, true)
  assert.equal(await visit.wait({ position: 10, softChanges: 0 }, 30_000, never), true)

  people.resume()
  const again = await waitAll('@ann:x')
  await clock.advance(29_900)
  assert.deepEqual(await again.ended(), {})
})

test('somebody who comes again and again is looked up once; somebody who stays away is forgotten', async () => {
  const { clock, people, asked } = fixture({ '@ann:x': ['!room'] })
  for (let i = 0; i < 5; i++) {
    await people.attend('@ann:x')
    await clock.advance(60_000)
  }
  assert.equal(asked(), 1)
  await clock.advance(400_000)
  await people.attend('@ann:x')
  assert.equal(asked(), 2)
})
