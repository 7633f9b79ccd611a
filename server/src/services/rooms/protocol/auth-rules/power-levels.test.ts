import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject, JsonValue } from '../../../../platform/json.ts'
import { type RoomVersion, supportedRoomVersions } from '../room-versions.ts'
import {
  alice,
  assertAllowed,
  assertRefused,
  bob,
  creator,
  foundedRoom,
  populatedRoom,
  powerLevels,
  type TestRoom,
  usersWith,
} from '../testing.ts'

const properties = ['users_default', 'events_default', 'state_default', 'ban', 'redact', 'kick', 'invite']

/** A room with these levels where alice has power level 50 and may send power levels. */
function roomWith(version: RoomVersion, content: JsonObject = {}, users: JsonObject = {}): TestRoom {
  return populatedRoom(version, { levels: levelsWith(version, content, users) })
}

function levelsWith(version: RoomVersion, content: JsonObject = {}, users: JsonObject = {}): JsonObject {
  return { users: usersWith(version, { [alice]: 50, ...users }), ...content }
}

/** What is not a level in any version. */
const neverLevels: JsonValue[] = [
  null,
  true,
  [],
  {},
  '',
  'x',
  '5x',
  '1_000',
  '0x10',
  '1e2',
  '5.5',
  '5 0',
  '--5',
  '+',
]
const stringLevels: JsonValue[] = ['50', '-10', '+5', ' 00050 ', '\t7\n']

for (const version of supportedRoomVersions) {
  const named = (sentence: string) => `version ${version.id}: ${sentence}`
  const judge = (content: JsonObject) => foundedRoom(version).judge(powerLevels(creator, content))

  test(named('the first power levels may say anything well-formed'), () => {
    assertAllowed(judge({}))
    assertAllowed(judge({ users: { [alice]: 9000 }, users_default: 500, ban: -3, 'org.example.extra': 'x' }))
  })

  test(named('every level is written as the version demands'), () => {
    const places: [(value: JsonValue) => JsonObject, RegExp][] = [
      ...properties.map((property): [(value: JsonValue) => JsonObject, RegExp] => [
        (value) => ({ [property]: value }),
        /is not a power level/,
      ]),
      [(value) => ({ users: { [alice]: value } }), /users holds a value/],
      [(value) => ({ events: { 'm.room.name': value } }), /events holds a value/],
      [(value) => ({ notifications: { room: value } }), /notifications holds a value/],
    ]
    for (const [place, reason] of places) {
      for (const level of [0, 50, -50, 9007199254740991]) assertAllowed(judge(place(level)))
      for (const value of neverLevels) assertRefused(judge(place(value)), reason)
      for (const text of stringLevels) {
        if (version.powerLevelValues === 'integer') assertRefused(judge(place(text)), reason)
        else assertAllowed(judge(place(text)))
      }
      if (!version.strictCanonicalJson) assertAllowed(judge(place(50.57)))
    }
  })

  test(named('users, events and notifications are objects'), () => {
    for (const property of ['users', 'events', 'notifications']) {
      assertAllowed(judge({ [property]: {} }))
      for (const value of [null, [], 'x', 5]) {
        assertRefused(judge({ [property]: value }), new RegExp(`${property} is not an object`))
      }
    }
  })

  test(named('the keys of users are user ids'), () => {
    for (const key of ['alice', '@alice', '', '@a\0:b', '@a:', '#a:b', `@${'a'.repeat(255)}:b`]) {
      assertRefused(judge({ users: { [key]: 5 } }), /not a user id/)
    }
    for (const key of ['@:here.example', '@Upper case:here.example', '@a:[::1]:8448', '@a:1.2.3.4']) {
      assertAllowed(judge({ users: { [key]: 5 } }))
    }
  })

  for (const property of properties) {
    test(named(`${property} is changed only by those at or above both its values`), () => {
      const change = (before: JsonObject, after: JsonObject) =>
        roomWith(version, before).judge(powerLevels(alice, levelsWith(version, after)))
      // events_default and the like must not keep alice from sending the event at all.
      assertAllowed(change({ [property]: 50 }, { [property]: 40 }))
      assertAllowed(change({ [property]: 40 }, { [property]: 50 }))
      assertAllowed(change({}, { [property]: 50 }))
      assertAllowed(change({ [property]: 50 }, {}))
      const allowing = { events: { 'm.room.power_levels': 50 } }
      const changeHigh = (before: JsonObject, after: JsonObject) =>
        change({ ...allowing, ...before }, { ...allowing, ...after })
      assertAllowed(changeHigh({ [property]: 51 }, { [property]: 51 }))
      assertRefused(
        changeHigh({ [property]: 51 }, { [property]: 10 }),
        new RegExp(`current ${property} is above`),
      )
      assertRefused(changeHigh({ [property]: 51 }, {}), new RegExp(`current ${property} is above`))
      assertRefused(
        changeHigh({ [property]: 10 }, { [property]: 51 }),
        new RegExp(`new ${property} is above`),
      )
      assertRefused(changeHigh({}, { [property]: 51 }), new RegExp(`new ${property} is above`))
    })
  }

  for (const property of ['events', 'notifications']) {
    test(
      named(`entries of ${property} are changed only by those at or above both values, if guarded`),
      () => {
        const change = (before: JsonObject, after: JsonObject) =>
          roomWith(version, { [property]: before }).judge(
            powerLevels(alice, levelsWith(version, { [property]: after })),
          )
        assertAllowed(change({ a: 50 }, { a: 49, b: 50 }))
        assertAllowed(change({ a: 50 }, {}))
        assertAllowed(change({ a: 51 }, { a: 51 }))
        const steps: [JsonObject, JsonObject, RegExp][] = [
          [{ a: 51 }, { a: 50 }, /current level in/],
          [{ a: 51 }, {}, /current level in/],
          [{ a: 50 }, { a: 51 }, /new level in/],
          [{}, { a: 51 }, /new level in/],
          [{}, JSON.parse('{"__proto__":51}'), /new level in/],
        ]
        for (const [before, after, reason] of steps) {
          const verdict = change(before, after)
          if (property === 'events' || version.notificationLevelsGuarded) assertRefused(verdict, reason)
          else assertAllowed(verdict)
        }
      },
    )
  }

  test(named('nobody touches the level of an equal, nor grants more than their own'), () => {
    const change = (before: JsonObject, after: JsonObject) =>
      roomWith(version, {}, before).judge(powerLevels(alice, levelsWith(version, {}, after)))
    assertAllowed(change({ [bob]: 49 }, { [bob]: 50 }))
    assertAllowed(change({ [bob]: 49 }, {}))
    assertAllowed(change({}, { [bob]: 50 }))
    assertAllowed(change({ [bob]: 50 }, { [bob]: 50 }))
    assertRefused(change({ [bob]: 50 }, { [bob]: 49 }), /not below the sender's/)
    assertRefused(change({ [bob]: 50 }, {}), /not below the sender's/)
    assertRefused(change({ [bob]: 49 }, { [bob]: 51 }), /new level is above/)
    assertRefused(change({}, { [bob]: 51 }), /new level is above/)
  })

  test(named('everybody may lower themselves, and nobody raise themselves'), () => {
    const own = (level: number) => powerLevels(alice, levelsWith(version, {}, { [alice]: level }))
    assertAllowed(roomWith(version).judge(own(10)))
    assertRefused(roomWith(version).judge(own(51)), /new level is above/)
    const { [alice]: _, ...others } = usersWith(version, { [alice]: 50 })
    assertAllowed(roomWith(version).judge(powerLevels(alice, { users: others })))
  })

  test(named('power levels need the level to be sent at all'), () => {
    const room = roomWith(version, {}, { [alice]: 49 })
    assertRefused(room.judge(powerLevels(alice, levelsWith(version))), /power level to send this type/)
  })

  test(named('writing the same level in another way changes nothing'), () => {
    if (version.powerLevelValues === 'integer') return
    const room = roomWith(version, { ban: '90' }, { [bob]: '90' })
    assertAllowed(room.judge(powerLevels(alice, levelsWith(version, { ban: 90 }, { [bob]: ' +90' }))))
    assertRefused(
      room.judge(powerLevels(alice, levelsWith(version, { ban: '091' }, { [bob]: 90 }))),
      /current ban/,
    )
  })

  test(named('creators appear in users only where they are not privileged'), () => {
    const room = foundedRoom(version, { additional_creators: [bob] })
    for (const named of [creator, bob]) {
      const verdict = room.judge(powerLevels(creator, { users: { [named]: 100 } }))
      if (version.privilegedCreators) assertRefused(verdict, /must not name a creator/)
      else assertAllowed(verdict)
    }
    assertAllowed(room.judge(powerLevels(creator, { users: { [alice]: 100 } })))
  })

  test(named('a creator is above every level where creators are privileged'), () => {
    const highest = 9007199254740991
    const room = populatedRoom(version, { levels: { users: usersWith(version, {}), ban: 100 } })
    const verdict = room.judge(
      powerLevels(creator, { users: usersWith(version, { [bob]: highest }), ban: highest }),
    )
    if (version.privilegedCreators) assertAllowed(verdict)
    else assertRefused(verdict, /new ban is above/)
  })
}

test('floats are truncated where they are tolerated', () => {
  const [version] = supportedRoomVersions
  assert(version?.powerLevelValues === 'number-or-string')
  const room = roomWith(version, {}, { [bob]: 50.57 })
  assertAllowed(room.judge(powerLevels(alice, levelsWith(version, {}, { [bob]: 50 }))))
  assertRefused(
    room.judge(powerLevels(alice, levelsWith(version, {}, { [bob]: 49.99 }))),
    /not below the sender's/,
  )
})
