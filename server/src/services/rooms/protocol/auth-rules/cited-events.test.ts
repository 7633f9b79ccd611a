import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CitedEvent, Verdict } from '../authorise-event.ts'
import { supportedRoomVersions } from '../room-versions.ts'
import {
  alice,
  assertAllowed,
  assertRefused,
  creator,
  joinRules,
  member,
  message,
  populatedRoom,
  type TestRoom,
} from '../testing.ts'

/** The latest event of the room holding this state, as one that another event cites. */
function citation(room: TestRoom, type: string, stateKey = '', rejected = false) {
  return { ...(room.find(type, stateKey) ?? assert.fail(`${type} is in the state`)), rejected }
}

/** The verdict on a message of alice's, or on the draft given, that cites exactly these events. */
function judgeCiting(
  room: TestRoom,
  cited: CitedEvent[],
  draft = message(alice),
  prevEvents?: string[],
): Verdict {
  const authEvents = cited.map((event) => event.eventId)
  return room.judge(draft, {
    place: { authEvents, ...(prevEvents && { prevEvents }) },
    context: { authEvents: cited },
  })
}

for (const version of supportedRoomVersions) {
  const named = (sentence: string) => `version ${version.id}: ${sentence}`
  const usual = (room: TestRoom) => [
    ...(version.roomIdFromCreateEvent ? [] : [citation(room, 'm.room.create')]),
    citation(room, 'm.room.power_levels'),
    citation(room, 'm.room.member', alice),
  ]

  test(named('the selected events may be cited, in any order'), () => {
    const room = populatedRoom(version)
    assertAllowed(judgeCiting(room, usual(room)))
    assertAllowed(judgeCiting(room, usual(room).reverse()))
  })

  test(named('two citations for the same state are refused'), () => {
    const room = populatedRoom(version)
    const earlier = room.events.find((event) => event.pdu.type === 'm.room.power_levels') ?? assert.fail()
    room.send({
      type: 'm.room.power_levels',
      sender: creator,
      stateKey: '',
      content: { ...earlier.pdu.content, kick: 40 },
    })
    const authEvents = [...usual(room), { ...earlier, rejected: false }]
    assertRefused(judgeCiting(room, authEvents), /two auth events for the same state/)
  })

  test(named('a citation outside the selection is refused'), () => {
    const room = populatedRoom(version)
    for (const superfluous of [
      citation(room, 'm.room.join_rules'),
      citation(room, 'm.room.member', creator),
    ]) {
      const authEvents = [...usual(room), superfluous]
      assertRefused(judgeCiting(room, authEvents), /must not cite/)
    }
    const authEvents = [
      ...usual(room),
      citation(room, 'm.room.join_rules'),
      citation(room, 'm.room.member', creator),
    ]
    const firstJoin = member(alice, creator, 'join')
    assertAllowed(judgeCiting(room, authEvents, firstJoin, [room.events[0]?.eventId ?? assert.fail()]))
  })

  test(named('a message is no auth event, whatever its type'), () => {
    const room = populatedRoom(version)
    const { eventId, pdu } = room.force({ type: 'm.room.power_levels', sender: alice })
    const authEvents = [citation(room, 'm.room.member', alice), { eventId, pdu, rejected: false }]
    assertRefused(judgeCiting(room, authEvents), /must not cite/)
  })

  test(named('citing a rejected event is refused'), () => {
    const room = populatedRoom(version)
    const authEvents = [...usual(room).slice(0, -1), citation(room, 'm.room.member', alice, true)]
    assertRefused(judgeCiting(room, authEvents), /rejected auth event/)
  })

  test(named('the create event is cited exactly where the room id does not imply it'), () => {
    const room = populatedRoom(version)
    const without = usual(room).filter((event) => event.pdu.type !== 'm.room.create')
    const withCreate = [citation(room, 'm.room.create'), ...without]
    const verdicts = [without, withCreate].map((authEvents) => judgeCiting(room, authEvents))
    if (version.roomIdFromCreateEvent) {
      assertAllowed(verdicts[0] ?? assert.fail())
      assertRefused(verdicts[1] ?? assert.fail(), /must not cite/)
    } else {
      assertRefused(verdicts[0] ?? assert.fail(), /does not cite the room's create event/)
      assertAllowed(verdicts[1] ?? assert.fail())
    }
  })

  test(named('an auth event of another room is refused'), () => {
    const room = populatedRoom(version)
    const foreign = citation(room, 'm.room.member', alice)
    foreign.pdu = { ...foreign.pdu, room_id: '!elsewhere:here.example' }
    const authEvents = [...usual(room).slice(0, -1), foreign]
    assertRefused(judgeCiting(room, authEvents), /of another room/)
  })

  test(named('what is selected by default satisfies the rule for every kind of event'), () => {
    const room = populatedRoom(version, { joinRule: 'public' })
    room.send(member(creator, '@bob:here.example', 'invite'))
    room.send(member('@bob:here.example', '@bob:here.example', 'join'))
    room.send(joinRules('invite'))
    room.send(member(creator, '@bob:here.example', 'ban'))
    room.send(member(creator, '@bob:here.example', 'leave'))
    room.send(message(alice))
  })
}
