import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkHistory } from './check-history.ts'
import type { DeviceView, SendRecord, Timeline } from './history.ts'

const now = 1000
const roomId = '!room'

/** Three sends of Jisoo's, one after the other was acknowledged, seen by Minho; `change` breaks something. */
function found(
  change: (world: { sends: SendRecord[]; device: DeviceView; timelines: Timeline[] }) => void = () => {},
): string[] {
  const ids = ['a', 'b', 'c']
  const sends = ids.map((id, i) => ({
    id,
    who: '@jisoo',
    roomId,
    begunAt: 100 + i * 10,
    acknowledgedAt: 105 + i * 10,
    eventId: `$${id}`,
  }))
  const timeline = (site: string): Timeline => ({
    site,
    roomId,
    events: [{ eventId: '$create' }, ...ids.map((id) => ({ eventId: `$${id}`, sendId: id }))],
  })
  const seen = ids.map((id, i) => ({ eventId: `$${id}`, at: 110 + i * 10, site: 'busan' }))
  const device = {
    who: '@minho',
    deviceId: 'PHONE',
    rooms: [{ roomId, begin: '$create', seen }],
    ended: false,
  }
  const world = { sends, device, timelines: [timeline('busan'), timeline('daegu')] }
  change(world)
  return checkHistory({ sends: world.sends, devices: [world.device] }, world.timelines, now).map(
    ({ what, site, who, eventId }) => [what, site, who, eventId].filter(Boolean).join(' '),
  )
}

function everywhere(timelines: Timeline[], change: (events: Timeline['events']) => void): void {
  for (const { events } of timelines) change(events)
}

test('a history in which everything arrived breaks no promise', () => {
  assert.deepEqual(found(), [])
})

test('an acknowledged send that is nowhere is lost, and vanished for whoever saw it', () => {
  assert.deepEqual(
    found(({ timelines }) => everywhere(timelines, (events) => events.splice(2, 1))),
    ['lost busan @jisoo $b', 'vanished busan @minho PHONE $b'],
  )
})

test('an acknowledged send that one site does not have makes the sites diverge there', () => {
  const violations = found(({ timelines }) => timelines[1]?.events.pop())
  assert.deepEqual(violations, ['diverged daegu', 'lost daegu @jisoo $c', 'vanished daegu @minho PHONE $c'])
})

test('a send that stands there twice is doubled', () => {
  const violations = found(({ timelines, device }) => {
    everywhere(timelines, (events) => events.push({ eventId: '$again', sendId: 'c' }))
    device.rooms[0]?.seen.push({ eventId: '$again', at: 140, site: 'daegu' })
  })
  assert.deepEqual(violations, ['doubled busan $again'])
})

test('a send that was never acknowledged may be there, but only once', () => {
  const unacknowledged = (copies: number) =>
    found(({ sends, timelines, device }) => {
      sends.push({ id: 'd', who: '@jisoo', roomId, begunAt: 130 })
      for (let copy = 0; copy < copies; copy++) {
        everywhere(timelines, (events) => events.push({ eventId: `$d${copy}`, sendId: 'd' }))
        device.rooms[0]?.seen.push({ eventId: `$d${copy}`, at: 150, site: 'busan' })
      }
    })
  assert.deepEqual(unacknowledged(0), [])
  assert.deepEqual(unacknowledged(1), [])
  assert.deepEqual(unacknowledged(2), ['doubled busan $d1'])
})

test('a send that stands under another event id than was acknowledged is altered', () => {
  const violations = found(({ sends }) => {
    for (const send of sends) if (send.id === 'a') send.eventId = '$other'
  })
  assert.deepEqual(violations, ['altered busan @jisoo $other'])
})

test('what was asked for later and stands earlier is reordered', () => {
  const violations = found(({ timelines, device }) => {
    everywhere(timelines, (events) => events.reverse().unshift(...events.splice(-1)))
    device.rooms[0]?.seen.reverse()
  })
  assert.deepEqual(violations, ['reordered busan @jisoo $b', 'reordered busan @jisoo $a'])
})

test('a device that was shown another order was shown a reordered room', () => {
  assert.deepEqual(
    found(({ device }) => device.rooms[0]?.seen.reverse()),
    ['reordered busan @minho PHONE $b', 'reordered busan @minho PHONE $a'],
  )
})

test('an event that a device was shown and that no site has any more has vanished', () => {
  const violations = found(({ device }) =>
    device.rooms[0]?.seen.splice(1, 0, { eventId: '$x', at: 1, site: 'seoul' }),
  )
  assert.deepEqual(violations, ['vanished busan @minho PHONE $x'])
})

test('an event that a device was shown twice is doubled', () => {
  const violations = found(({ device }) =>
    device.rooms[0]?.seen.push({ eventId: '$c', at: 1, site: 'seoul' }),
  )
  assert.deepEqual(violations, ['doubled busan @minho PHONE $c'])
})

test('an event that the tokens passed over is skipped, in the middle and at the end', () => {
  assert.deepEqual(
    found(({ device }) => device.rooms[0]?.seen.splice(1, 1)),
    ['skipped busan @minho PHONE $b'],
  )
  assert.deepEqual(
    found(({ device }) => device.rooms[0]?.seen.pop()),
    ['skipped busan @minho PHONE $c'],
  )
})

test('a device that logged out need not have seen what came later, but everything before', () => {
  assert.deepEqual(
    found(({ device }) => {
      device.ended = true
      device.rooms[0]?.seen.pop()
    }),
    [],
  )
  assert.deepEqual(
    found(({ device }) => {
      device.ended = true
      device.rooms[0]?.seen.splice(1, 1)
    }),
    ['skipped busan @minho PHONE $b'],
  )
})
