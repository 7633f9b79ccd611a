import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../../../platform/json.ts'
import {
  actionLevel,
  creatorsOf,
  eventLevel,
  notificationLevel,
  powerLevelsOf,
  userLevel,
} from './power-levels.ts'
import { redactionApplies, redactionTarget } from './redactions.ts'
import { type RoomVersion, supportedRoomVersions } from './room-versions.ts'
import { alice, bob, creator, stranger } from './testing.ts'

/** The levels of a room by its create event and, if given, its power levels. */
function levelsOf(version: RoomVersion, content?: JsonObject, createContent: JsonObject = {}) {
  const create = {
    sender: creator,
    content: { ...(version.creatorInContent && { creator }), ...createContent },
  }
  const state = new Map([['m.room.create', create]])
  if (content !== undefined) state.set('m.room.power_levels', { sender: creator, content })
  return powerLevelsOf(version, (type, stateKey) => (stateKey === '' ? state.get(type) : undefined))
}

for (const version of supportedRoomVersions) {
  const named = (sentence: string) => `version ${version.id}: ${sentence}`
  const creatorLevel = version.privilegedCreators ? Number.POSITIVE_INFINITY : undefined

  test(named('without power levels the creator stands out and the defaults apply'), () => {
    const levels = levelsOf(version)
    assert.equal(userLevel(levels, creator), creatorLevel ?? 100)
    assert.equal(userLevel(levels, alice), 0)
    assert.equal(eventLevel(levels, 'm.room.message', 'message'), 0)
    assert.equal(eventLevel(levels, 'm.room.name', 'state'), 50)
    assert.deepEqual(
      [actionLevel(levels, 'ban'), actionLevel(levels, 'kick'), actionLevel(levels, 'redact')],
      [50, 50, 50],
    )
    assert.equal(actionLevel(levels, 'invite'), 0)
    assert.equal(notificationLevel(levels, 'room'), 50)
  })

  test(named('empty power levels mean the same, but the creator is nobody special unless privileged'), () => {
    const levels = levelsOf(version, {})
    assert.equal(userLevel(levels, creator), creatorLevel ?? 0)
    assert.equal(eventLevel(levels, 'm.room.message', 'message'), 0)
    assert.equal(eventLevel(levels, 'm.room.name', 'state'), 50)
    assert.deepEqual(
      [actionLevel(levels, 'ban'), actionLevel(levels, 'kick'), actionLevel(levels, 'redact')],
      [50, 50, 50],
    )
    assert.equal(actionLevel(levels, 'invite'), 0)
    assert.equal(notificationLevel(levels, 'room'), 50)
  })

  test(named('what is set counts, and the more particular before the general'), () => {
    const levels = levelsOf(version, {
      users: { [alice]: 7, [creator]: 3 },
      users_default: 2,
      events: { 'm.room.name': 11, 'org.example.vote': 12 },
      events_default: 13,
      state_default: 14,
      ban: 15,
      kick: 16,
      redact: 17,
      invite: 18,
      notifications: { room: 19 },
    })
    assert.equal(userLevel(levels, alice), 7)
    assert.equal(userLevel(levels, bob), 2)
    assert.equal(userLevel(levels, creator), creatorLevel ?? 3)
    assert.equal(eventLevel(levels, 'm.room.name', 'state'), 11)
    assert.equal(eventLevel(levels, 'org.example.vote', 'message'), 12)
    assert.equal(eventLevel(levels, 'org.example.vote', 'state'), 12)
    assert.equal(eventLevel(levels, 'm.room.message', 'message'), 13)
    assert.equal(eventLevel(levels, 'm.room.topic', 'state'), 14)
    const actions = (['ban', 'kick', 'redact', 'invite'] as const).map((action) =>
      actionLevel(levels, action),
    )
    assert.deepEqual(actions, [15, 16, 17, 18])
    assert.equal(notificationLevel(levels, 'room'), 19)
    assert.equal(notificationLevel(levels, 'other'), 50)
  })

  test(named('strings are levels only where the version tolerates them'), () => {
    const tolerated = version.powerLevelValues !== 'integer'
    const levels = levelsOf(version, {
      users: { [alice]: ' +0070 ' },
      ban: '-5',
      notifications: { room: '1e3' },
    })
    assert.equal(userLevel(levels, alice), tolerated ? 70 : 0)
    assert.equal(actionLevel(levels, 'ban'), tolerated ? -5 : 50)
    assert.equal(notificationLevel(levels, 'room'), 50)
  })

  test(named('floats are truncated only where the version tolerates them'), () => {
    const levels = levelsOf(version, { users: { [alice]: 50.57, [bob]: -1.9, [stranger]: 5.114698e4 } })
    const tolerated = version.powerLevelValues === 'number-or-string'
    assert.equal(userLevel(levels, alice), tolerated ? 50 : 0)
    assert.equal(userLevel(levels, bob), tolerated ? -1 : 0)
    assert.equal(userLevel(levels, stranger), tolerated ? 51146 : 0)
  })

  test(named('what cannot be read counts as absent, inherited properties included'), () => {
    const levels = levelsOf(version, { users: [5], users_default: null, events: { constructor: 9 }, ban: {} })
    assert.equal(userLevel(levels, 'length'), 0)
    assert.equal(eventLevel(levels, 'toString', 'state'), 50)
    assert.equal(eventLevel(levels, 'constructor', 'state'), 9)
    assert.equal(actionLevel(levels, 'ban'), 50)
  })

  test(named('the creators are those the version recognises'), () => {
    const content = { creator: alice, additional_creators: [bob, 5, stranger] }
    const expected = version.privilegedCreators
      ? [creator, bob, stranger]
      : version.creatorInContent
        ? [alice]
        : [creator]
    assert.deepEqual(creatorsOf(version, { sender: creator, content }), expected)
  })

  test(named('additional creators have every power'), () => {
    const levels = levelsOf(version, { users: {} }, { additional_creators: [bob] })
    assert.equal(userLevel(levels, bob), creatorLevel ?? 0)
    assert.equal(userLevel(levels, alice), 0)
  })

  test(named('a redaction applies by the redact level or between events of one server'), () => {
    const levels = levelsOf(version, { users: { [alice]: 40 }, redact: 40 })
    assert.equal(redactionApplies(levels, alice, stranger), true)
    assert.equal(redactionApplies(levels, bob, stranger), false)
    assert.equal(redactionApplies(levels, bob, alice), true)
    assert.equal(redactionApplies(levels, stranger, bob), false)
    assert.equal(redactionApplies(levels, creator, stranger), version.privilegedCreators)
  })

  test(named('the target of a redaction is read where the version keeps it'), () => {
    const both = { type: 'm.room.redaction', redacts: '$top', content: { redacts: '$content' } }
    assert.equal(redactionTarget(version, both), version.redactsInContent ? '$content' : '$top')
    assert.equal(redactionTarget(version, { ...both, type: 'm.room.message' }), undefined)
    assert.equal(redactionTarget(version, { type: 'm.room.redaction', content: { redacts: 5 } }), undefined)
  })
}

test('a room without create event has no creators', () => {
  for (const version of supportedRoomVersions) {
    const levels = powerLevelsOf(version, () => undefined)
    assert.equal(userLevel(levels, creator), 0)
  }
})
