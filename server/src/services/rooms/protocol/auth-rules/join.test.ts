import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type RoomVersion, supportedRoomVersions } from '../room-versions.ts'
import {
  alice,
  assertAllowed,
  assertRefused,
  bob,
  create,
  creator,
  emptyRoom,
  joinRules,
  member,
  message,
  populatedRoom,
  powerLevels,
  stranger,
  usersWith,
} from '../testing.ts'

const join = member(bob, bob, 'join')

/** Join rules and, for each, whether the version admits people who are invited, and who are authorised. */
const admissions: [
  rule: string,
  who: (version: RoomVersion) => 'anyone' | 'invited' | 'authorised' | 'nobody',
][] = [
  ['public', () => 'anyone'],
  ['invite', () => 'invited'],
  ['private', () => 'nobody'],
  ['org.example.custom', () => 'nobody'],
  ['', () => 'nobody'],
  ['knock', (version) => (version.knocking ? 'invited' : 'nobody')],
  ['restricted', (version) => (version.restrictedJoins ? 'authorised' : 'nobody')],
  ['knock_restricted', (version) => (version.knockRestrictedJoins ? 'authorised' : 'nobody')],
]

for (const version of supportedRoomVersions) {
  const named = (sentence: string) => `version ${version.id}: ${sentence}`

  test(named('the creator joins right after the create event'), () => {
    const room = emptyRoom(version)
    const founding = room.send(create(version))
    assertAllowed(room.judge(member(creator, creator, 'join')))
    assertRefused(room.judge(member(alice, alice, 'join')), /not invited/)
    assertRefused(room.judge(member(creator, creator, 'join'), { place: { prevEvents: [] } }), /not invited/)
    const prevEvents = [founding.eventId, '$other']
    assertRefused(room.judge(member(creator, creator, 'join'), { place: { prevEvents } }), /not invited/)
    assertRefused(
      room.judge(member(creator, creator, 'join'), { place: { prevEvents: ['$other'] } }),
      /not invited/,
    )
  })

  test(named('who counts as creator depends on the version'), () => {
    const room = emptyRoom(version)
    room.send(create(version, { creator: alice, additional_creators: [bob] }))
    const byContent = room.judge(member(alice, alice, 'join'))
    const bySender = room.judge(member(creator, creator, 'join'))
    if (version.creatorInContent) {
      assertAllowed(byContent)
      assertRefused(bySender, /not invited/)
    } else {
      assertRefused(byContent, /not invited/)
      assertAllowed(bySender)
    }
    assertRefused(room.judge(member(bob, bob, 'join')), /not invited/)
  })

  test(named('nobody joins for another'), () => {
    const room = populatedRoom(version, { joinRule: 'public' })
    assertAllowed(room.judge(member(bob, bob, 'join')))
    assertRefused(room.judge(member(creator, bob, 'join')), /only for themselves/)
  })

  for (const [rule, who] of admissions) {
    test(named(`the join rule "${rule}" admits ${who(version)}`), () => {
      const room = populatedRoom(version, { joinRule: rule })
      const admitted = who(version)
      const verdicts = { unknown: room.judge(join), inside: room.judge(member(alice, alice, 'join')) }
      room.send(member(creator, bob, 'invite'))
      const invited = room.judge(join)

      if (admitted === 'anyone') assertAllowed(verdicts.unknown)
      else if (admitted === 'invited') assertRefused(verdicts.unknown, /not invited/)
      else if (admitted === 'authorised') assertRefused(verdicts.unknown, /names no member/)
      else assertRefused(verdicts.unknown, /lets nobody in/)

      for (const verdict of [verdicts.inside, invited]) {
        if (admitted === 'nobody') assertRefused(verdict, /lets nobody in/)
        else assertAllowed(verdict)
      }
    })

    test(named(`the join rule "${rule}" never admits the banned`), () => {
      const room = populatedRoom(version, { joinRule: rule })
      room.send(member(creator, bob, 'ban'))
      const content = { join_authorised_via_users_server: alice }
      assertRefused(room.judge(join), /banned/)
      assertRefused(room.judge(member(bob, bob, 'join', content)), /banned/)
    })
  }

  test(named('a room that has set no join rule needs an invite'), () => {
    const room = emptyRoom(version)
    room.send(create(version))
    room.send(member(creator, creator, 'join'))
    assertRefused(room.judge(join), /not invited/)
    room.send(member(creator, bob, 'invite'))
    assertAllowed(room.judge(join))
  })

  test(named('a join event after the first changes nothing of the right to join'), () => {
    const room = populatedRoom(version)
    assertAllowed(room.judge(member(alice, alice, 'join', { displayname: 'Alice' })))
    room.send(member(alice, alice, 'leave'))
    assertRefused(room.judge(member(alice, alice, 'join')), /not invited/)
  })

  for (const rule of ['restricted', 'knock_restricted']) {
    const applies = rule === 'restricted' ? version.restrictedJoins : version.knockRestrictedJoins
    if (!applies) continue

    test(named(`"${rule}" admits whom a member with the invite level vouches for`), () => {
      const vouchedBy = (userId: string) =>
        member(bob, bob, 'join', { join_authorised_via_users_server: userId })
      const room = populatedRoom(version, {
        joinRule: rule,
        levels: { invite: 50, users: usersWith(version, {}) },
      })
      assertAllowed(room.judge(vouchedBy(creator)))
      assertRefused(room.judge(vouchedBy(alice)), /lacks the power level to invite/)
      assertRefused(room.judge(vouchedBy('@nobody:here.example')), /authorising user is not in the room/)

      room.send(powerLevels(creator, { invite: 50, users: usersWith(version, { [alice]: 50 }) }))
      assertAllowed(room.judge(vouchedBy(alice)))
      room.send(member(alice, alice, 'leave'))
      assertRefused(room.judge(vouchedBy(alice)), /authorising user is not in the room/)
      room.send(vouchedBy(creator))
      room.send(message(bob))
    })
  }

  test(named("an authorised join bears the authorising user's server's signature"), () => {
    const vouchedBy = (userId: string | number) =>
      member(stranger, stranger, 'join', { join_authorised_via_users_server: userId })
    const room = populatedRoom(version, { joinRule: 'public' })
    assertAllowed(room.judge(vouchedBy(alice)))
    const context = { isSignedBy: (serverName: string) => serverName === 'there.example' }
    for (const verdict of [
      room.judge(vouchedBy(alice), { context }),
      room.judge(vouchedBy('nonsense')),
      room.judge(vouchedBy(5)),
      room.judge(member(alice, alice, 'leave', { join_authorised_via_users_server: alice }), { context }),
    ]) {
      if (version.restrictedJoins) assertRefused(verdict, /lacks a valid signature/)
      else assertAllowed(verdict)
    }
  })
}

test('the version table and the specification agree on who is admitted', () => {
  const versionsWith = (rule: string, who: string) =>
    supportedRoomVersions
      .filter((version) => admissions.find(([name]) => name === rule)?.[1](version) === who)
      .map((version) => version.id)
  assert.deepEqual(versionsWith('knock', 'invited'), ['7', '8', '9', '10', '11', '12'])
  assert.deepEqual(versionsWith('restricted', 'authorised'), ['8', '9', '10', '11', '12'])
  assert.deepEqual(versionsWith('knock_restricted', 'authorised'), ['10', '11', '12'])
})

test('join rules set by somebody later count at once', () => {
  for (const version of supportedRoomVersions) {
    const room = populatedRoom(version, { joinRule: 'public' })
    assertAllowed(room.judge(join))
    room.send(joinRules('invite'))
    assertRefused(room.judge(join), /not invited/)
  }
})
