import assert from 'node:assert/strict'
import { test } from 'node:test'
import { supportedRoomVersions } from './room-versions.ts'
import {
  alice,
  assertAllowed,
  assertRefused,
  bob,
  create,
  creator,
  emptyRoom,
  foundedRoom,
  member,
  message,
  populatedRoom,
  powerLevels,
  stranger,
  usersWith,
} from './testing.ts'

for (const version of supportedRoomVersions) {
  const named = (sentence: string) => `version ${version.id}: ${sentence}`

  test(named('a room without create event allows nothing else'), () => {
    const room = emptyRoom(version)
    assertRefused(room.judge(member(creator, creator, 'join')), /no create event/)
    room.send(create(version))
    assertAllowed(room.judge(member(creator, creator, 'join')))
    assertRefused(
      room.judge(member(creator, creator, 'join'), { context: { createEventId: undefined } }),
      /no create event/,
    )
  })

  test(named('a room closed to other servers refuses their users and keeps its own'), () => {
    const room = foundedRoom(version, { 'm.federate': false })
    room.send({ type: 'm.room.join_rules', sender: creator, stateKey: '', content: { join_rule: 'public' } })
    assertAllowed(room.judge(member(alice, alice, 'join')))
    assertRefused(room.judge(member(stranger, stranger, 'join')), /closed to users of other servers/)
  })

  test(named('a room that does not say it is closed is open to other servers'), () => {
    for (const content of [{}, { 'm.federate': true }, { 'm.federate': 'false' }]) {
      const room = foundedRoom(version, content)
      room.send({
        type: 'm.room.join_rules',
        sender: creator,
        stateKey: '',
        content: { join_rule: 'public' },
      })
      assertAllowed(room.judge(member(stranger, stranger, 'join')))
    }
  })

  test(named('only members may send'), () => {
    const room = populatedRoom(version)
    room.send(member(creator, bob, 'invite'))
    assertAllowed(room.judge(message(alice)))
    assertRefused(room.judge(message(bob)), /sender is not in the room/)
    assertRefused(room.judge(message(stranger)), /sender is not in the room/)
    room.send(member(alice, alice, 'leave'))
    assertRefused(room.judge(message(alice)), /sender is not in the room/)
  })

  test(named('a third-party invite needs the invite level and no other'), () => {
    const invite = (sender: string) => ({ type: 'm.room.third_party_invite', sender, stateKey: 'token' })
    const room = populatedRoom(version)
    assertAllowed(room.judge(invite(alice)))
    room.send(powerLevels(creator, { users: usersWith(version, {}), invite: 10 }))
    assertRefused(room.judge(invite(alice)), /power level to invite/)
    room.send(powerLevels(creator, { users: usersWith(version, { [alice]: 10 }), invite: 10 }))
    assertAllowed(room.judge(invite(alice)))
  })

  test(named('each type of event needs its level'), () => {
    const levels = {
      events: { 'm.room.topic': 30, 'com.example.vote': 20 },
      events_default: 10,
      state_default: 40,
    }
    const types = [
      { type: 'm.room.message', needed: 10 },
      { type: 'com.example.vote', needed: 20 },
      { type: 'm.room.topic', stateKey: '', needed: 30 },
      { type: 'm.room.name', stateKey: '', needed: 40 },
      { type: 'm.room.redaction', needed: 10 },
    ]
    for (const { needed, ...draft } of types) {
      for (const level of [needed - 1, needed]) {
        const room = populatedRoom(version, {
          levels: { ...levels, users: usersWith(version, { [alice]: level }) },
        })
        const verdict = room.judge({ ...draft, sender: alice })
        if (level < needed) assertRefused(verdict, /power level to send this type/)
        else assertAllowed(verdict)
      }
    }
  })

  test(named('without power levels the creator may do all and members may talk'), () => {
    const room = foundedRoom(version)
    room.send({ type: 'm.room.join_rules', sender: creator, stateKey: '', content: { join_rule: 'public' } })
    room.send(member(alice, alice, 'join'))
    assertAllowed(room.judge(message(alice)))
    assertRefused(room.judge({ type: 'm.room.name', stateKey: '', sender: alice }), /power level to send/)
    assertAllowed(room.judge({ type: 'm.room.name', stateKey: '', sender: creator }))
  })

  test(named('a state key that is a user id belongs to that user'), () => {
    const room = populatedRoom(version, { levels: { state_default: 0, users: usersWith(version, {}) } })
    assertAllowed(room.judge({ type: 'com.example.mine', sender: alice, stateKey: alice }))
    assertAllowed(room.judge({ type: 'com.example.mine', sender: alice, stateKey: 'anything' }))
    assertAllowed(room.judge({ type: 'com.example.mine', sender: alice, stateKey: '' }))
    assertRefused(room.judge({ type: 'com.example.mine', sender: alice, stateKey: bob }), /another user/)
    assertRefused(room.judge({ type: 'com.example.mine', sender: creator, stateKey: alice }), /another user/)
    assertRefused(
      room.judge({ type: 'com.example.mine', sender: alice, stateKey: `${alice}x` }),
      /another user/,
    )
  })

  test(named('a redaction is judged like any other event, whatever it redacts'), () => {
    const room = populatedRoom(version, { levels: { redact: 100, users: usersWith(version, {}) } })
    const target = room.send(message(creator))
    const redaction = { type: 'm.room.redaction', sender: alice, redacts: target.eventId }
    assertAllowed(room.judge(redaction))
    room.send(powerLevels(creator, { events: { 'm.room.redaction': 1 }, users: usersWith(version, {}) }))
    assertRefused(room.judge(redaction), /power level to send this type/)
  })

  test(named('aliases events are the affair of a server only while the version says so'), () => {
    const aliases = (sender: string, stateKey?: string) => ({
      type: 'm.room.aliases',
      sender,
      ...(stateKey !== undefined && { stateKey }),
    })
    const room = populatedRoom(version)
    if (version.aliasesAllowedByDomain) {
      assertAllowed(room.judge(aliases(stranger, 'there.example')))
      assertRefused(room.judge(aliases(stranger, 'here.example')), /not the sender's server name/)
      assertRefused(room.judge(aliases(creator, '')), /not the sender's server name/)
      assertRefused(room.judge(aliases(creator)), /needs a state key/)
    } else {
      assertRefused(room.judge(aliases(stranger, 'there.example')), /sender is not in the room/)
      assertRefused(room.judge(aliases(alice, 'here.example')), /power level to send this type/)
      assertAllowed(room.judge(aliases(creator, 'there.example')))
      assertAllowed(room.judge(aliases(creator)))
    }
  })

  test(named('a second create event is refused'), () => {
    const room = populatedRoom(version)
    assertRefused(room.judge(create(version)), /must be the first/)
  })
}

test('from version 12 on the room must be that of the create event', () => {
  for (const version of supportedRoomVersions) {
    const room = populatedRoom(version)
    const elsewhere = room.judge(message(alice), { context: { createEventId: '$another' } })
    if (version.roomIdFromCreateEvent) assertRefused(elsewhere, /not that of an accepted create event/)
    else assertAllowed(elsewhere)
  }
})

test('the rules can judge by the cited events alone, as they must for events of other servers', () => {
  for (const version of supportedRoomVersions) {
    const room = populatedRoom(version)
    const placed = room.place(message(alice))
    const cited = room.events.filter((event) => placed.auth_events.includes(event.eventId))
    const create = room.events[0] ?? assert.fail()
    const verdict = room.judgePlaced(placed, {
      context: {
        state: (type, stateKey) =>
          [...cited, create].find((event) => event.pdu.type === type && event.pdu.state_key === stateKey)
            ?.pdu,
      },
    })
    assertAllowed(verdict)
  }
})

test('judging an event without all it cites is a mistake of the caller, not a verdict', () => {
  for (const version of supportedRoomVersions) {
    const room = populatedRoom(version)
    assert.throws(() => room.judge(message(alice), { context: { authEvents: [] } }), /are looked up before/)
    const [first] = room.events
    assert(first)
    const placed = room.place(message(alice))
    const cited = placed.auth_events.map(() => ({ ...first, eventId: '$other', rejected: false }))
    assert.throws(() => room.judgePlaced(placed, { context: { authEvents: cited } }), /are looked up before/)
  }
})
