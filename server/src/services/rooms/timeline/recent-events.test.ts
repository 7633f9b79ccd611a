import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRecentEvents } from './recent-events.ts'
import type { StoredEvent } from './stored-event.ts'

function event(position: number, roomId = '!a', sizeBytes = 10): StoredEvent {
  return {
    roomId,
    position,
    eventId: `$${position}`,
    type: 'm.room.message',
    stateKey: undefined,
    sender: '@alice:dure.test',
    originServerTs: position,
    content: {},
    replacesState: undefined,
    redacts: undefined,
    redactedBy: undefined,
    transaction: undefined,
    relation: undefined,
    threadRoot: undefined,
    sizeBytes,
  }
}

const positions = (events: readonly StoredEvent[] | undefined) => events?.map(({ position }) => position)

test('memory answers for nothing before it has seen the stream', () => {
  const recent = createRecentEvents({ countMax: 10, bytesMax: 1000 })
  assert.equal(recent.slice('!a', { after: 0, upTo: 0, limit: 5 }), undefined)
  assert.equal(recent.after('!a', { after: 0, upTo: 0 }), undefined)
})

test('memory answers for a quiet room as long as it covers the range', () => {
  const recent = createRecentEvents({ countMax: 10, bytesMax: 1000 })
  recent.take([event(6)], { after: 5, upTo: 9 })
  assert.deepEqual(recent.slice('!quiet', { after: 5, upTo: 9, limit: 5 }), { events: [], limited: false })
  assert.equal(recent.slice('!quiet', { after: 4, upTo: 9, limit: 5 }), undefined)
  assert.equal(recent.slice('!quiet', { after: 5, upTo: 10, limit: 5 }), undefined)
})

test('a range that begins before memory does is answered when the limit is reached within it', () => {
  const recent = createRecentEvents({ countMax: 10, bytesMax: 1000 })
  recent.take([event(6), event(7), event(8)], { after: 5, upTo: 8 })
  const slice = recent.slice('!a', { after: undefined, upTo: 8, limit: 2 })
  assert.deepEqual(positions(slice?.events as StoredEvent[]), [7, 8])
  assert.equal(slice?.limited, true)
  assert.equal(recent.slice('!a', { after: undefined, upTo: 8, limit: 3 }), undefined)
})

test('the oldest events go first, by count and by size, and memory no longer answers for them', () => {
  for (const bounds of [
    { countMax: 3, bytesMax: 1000 },
    { countMax: 1000, bytesMax: 30 },
  ]) {
    const recent = createRecentEvents(bounds)
    for (let position = 1; position <= 50; position++) {
      const roomId = position % 2 === 0 ? '!a' : '!b'
      recent.take([event(position, roomId)], { after: position - 1, upTo: position })
    }
    assert.deepEqual(positions(recent.after('!a', { after: 47, upTo: 50 })), [48, 50])
    assert.deepEqual(positions(recent.after('!b', { after: 47, upTo: 50 })), [49])
    assert.equal(recent.after('!a', { after: 46, upTo: 50 }), undefined)
    assert.equal(recent.find('!b', '$47'), undefined)
    assert.equal(recent.find('!b', '$49')?.position, 49)
  }
})

test('a redacted event takes the place of what it was, if that is still there', () => {
  const recent = createRecentEvents({ countMax: 10, bytesMax: 1000 })
  recent.take([event(1), event(2)], { after: 0, upTo: 2 })
  recent.replace({ ...event(1), redactedBy: '$r' })
  recent.replace({ ...event(9), redactedBy: '$r' })
  assert.equal(recent.find('!a', '$1')?.redactedBy, '$r')
  assert.deepEqual(positions(recent.after('!a', { after: 0, upTo: 2 })), [1, 2])
  assert.equal(recent.find('!a', '$9'), undefined)
})

test('what is removed is gone from its rooms alone, and memory goes on being complete', () => {
  const recent = createRecentEvents({ countMax: 4, bytesMax: 1000 })
  recent.take([event(6), event(7, '!b'), event(8), event(9)], { after: 5, upTo: 9 })

  recent.remove(new Set(['!a']), ({ position }) => position < 9)

  assert.deepEqual(positions(recent.after('!a', { after: 5, upTo: 9 })), [9])
  assert.deepEqual(positions(recent.after('!b', { after: 5, upTo: 9 })), [7])
  assert.equal(recent.find('!a', '$6'), undefined)
  // The bounds count what is left, and the oldest still go first.
  recent.take([event(10), event(11), event(12)], { after: 9, upTo: 12 })
  assert.deepEqual(positions(recent.after('!a', { after: 7, upTo: 12 })), [9, 10, 11, 12])
  assert.deepEqual(positions(recent.after('!b', { after: 7, upTo: 12 })), [])
  assert.equal(recent.after('!b', { after: 5, upTo: 12 }), undefined)
})
