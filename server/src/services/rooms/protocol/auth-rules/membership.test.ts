import { test } from 'node:test'
import { supportedRoomVersions } from '../room-versions.ts'
import {
  alice,
  assertAllowed,
  assertRefused,
  bob,
  creator,
  foundedRoom,
  member,
  populatedRoom,
  powerLevels,
  stranger,
  type TestRoom,
  usersWith,
} from '../testing.ts'

/** Gives bob this membership in a room where alice is a member and has this level. */
function roomWithBob(
  version: TestRoom['version'],
  membership: string,
  aliceLevel: number,
  bobLevel = 0,
): TestRoom {
  const room = populatedRoom(version, { joinRule: 'public' })
  if (membership !== 'none') room.force(member(bob, bob, membership))
  room.send(
    powerLevels(creator, {
      users: usersWith(version, { [alice]: aliceLevel, [bob]: bobLevel }),
      invite: 20,
      kick: 30,
      ban: 40,
    }),
  )
  return room
}

for (const version of supportedRoomVersions) {
  const named = (sentence: string) => `version ${version.id}: ${sentence}`

  test(named('a membership event has a state key and a membership'), () => {
    const room = populatedRoom(version)
    const { stateKey: _, ...withoutKey } = member(alice, alice, 'join')
    assertAllowed(room.judge(member(alice, alice, 'join')))
    assertRefused(room.judge(withoutKey), /needs a state key/)
    assertRefused(room.judge({ ...member(alice, alice, 'join'), content: {} }), /needs a membership/)
  })

  test(named('unknown memberships are refused'), () => {
    const room = populatedRoom(version)
    for (const membership of ['', 'JOIN', 'org.example.lurk']) {
      assertRefused(room.judge(member(alice, alice, membership)), /not one this room version knows/)
    }
    for (const membership of [null, 5, ['join'], { join: true }]) {
      const draft = { ...member(alice, alice, ''), content: { membership } }
      assertRefused(room.judge(draft), /not one this room version knows/)
    }
  })

  test(named('members with the invite level invite those who are neither in the room nor banned'), () => {
    const invite = member(alice, bob, 'invite')
    for (const current of ['none', 'leave', 'invite', 'knock']) {
      assertAllowed(roomWithBob(version, current, 20).judge(invite))
      assertRefused(roomWithBob(version, current, 19).judge(invite), /power level to invite/)
    }
    assertRefused(roomWithBob(version, 'join', 20).judge(invite), /already in the room/)
    assertRefused(roomWithBob(version, 'ban', 20).judge(invite), /banned/)
  })

  test(named('nobody invites from outside'), () => {
    const room = roomWithBob(version, 'invite', 20)
    assertRefused(room.judge(member(bob, stranger, 'invite')), /Only members may invite/)
    assertRefused(room.judge(member(stranger, stranger, 'invite')), /Only members may invite/)
  })

  test(named('a user leaves, declines, or withdraws a knock, and does nothing of it twice'), () => {
    const leave = member(bob, bob, 'leave')
    assertAllowed(roomWithBob(version, 'join', 0).judge(leave))
    assertAllowed(roomWithBob(version, 'invite', 0).judge(leave))
    for (const current of ['none', 'leave', 'ban']) {
      assertRefused(roomWithBob(version, current, 0).judge(leave), /not in the room, nor invited/)
    }
    const withdrawn = roomWithBob(version, 'knock', 0).judge(leave)
    if (version.knocking) assertAllowed(withdrawn)
    else assertRefused(withdrawn, /not in the room, nor invited/)
  })

  test(named('kicking needs the kick level and a target of lower level'), () => {
    const kick = member(alice, bob, 'leave')
    for (const current of ['join', 'invite', 'knock', 'leave', 'none']) {
      assertAllowed(roomWithBob(version, current, 30).judge(kick))
      assertRefused(roomWithBob(version, current, 29).judge(kick), /power level to kick/)
      assertAllowed(roomWithBob(version, current, 30, 29).judge(kick))
      assertRefused(roomWithBob(version, current, 30, 30).judge(kick), /not below the sender's/)
    }
  })

  test(named('unbanning needs the ban level too'), () => {
    const unban = member(alice, bob, 'leave')
    assertAllowed(roomWithBob(version, 'ban', 40).judge(unban))
    assertRefused(roomWithBob(version, 'ban', 39).judge(unban), /power level to unban/)
    assertRefused(roomWithBob(version, 'ban', 40, 40).judge(unban), /not below the sender's/)

    const room = roomWithBob(version, 'ban', 40)
    room.send(powerLevels(creator, { users: usersWith(version, { [alice]: 40 }), kick: 50, ban: 40 }))
    assertRefused(room.judge(unban), /power level to kick/)
  })

  test(named('banning needs the ban level and a target of lower level'), () => {
    const ban = member(alice, bob, 'ban')
    for (const current of ['join', 'invite', 'knock', 'leave', 'none', 'ban']) {
      assertAllowed(roomWithBob(version, current, 40).judge(ban))
      assertRefused(roomWithBob(version, current, 39).judge(ban), /power level to ban/)
      assertRefused(roomWithBob(version, current, 40, 40).judge(ban), /not below the sender's/)
    }
    assertRefused(
      roomWithBob(version, 'none', 40).judge(member(alice, alice, 'ban')),
      /not below the sender's/,
    )
  })

  test(named('nobody kicks or bans from outside, however powerful'), () => {
    for (const current of ['none', 'leave', 'invite', 'ban']) {
      const room = roomWithBob(version, current, 0, 90)
      assertRefused(room.judge(member(bob, alice, 'leave')), /Only members may kick/)
      assertRefused(room.judge(member(bob, alice, 'ban')), /Only members may ban/)
    }
  })

  test(named('the levels for kick, ban and invite are 50, 50 and 0 unless set'), () => {
    const room = populatedRoom(version, { joinRule: 'public' })
    room.send(member(bob, bob, 'join'))
    assertAllowed(room.judge(member(alice, stranger, 'invite')))
    for (const membership of ['leave', 'ban']) {
      room.send(powerLevels(creator, { users: usersWith(version, { [alice]: 49 }) }))
      assertRefused(room.judge(member(alice, bob, membership)), /lacks the power level/)
      room.send(powerLevels(creator, { users: usersWith(version, { [alice]: 50 }) }))
      assertAllowed(room.judge(member(alice, bob, membership)))
    }
  })

  for (const rule of ['knock', 'knock_restricted', 'restricted', 'public', 'invite']) {
    const accepted =
      (rule === 'knock' && version.knocking) || (rule === 'knock_restricted' && version.knockRestrictedJoins)

    test(named(`"${rule}" rooms ${accepted ? 'accept' : 'refuse'} knocks`), () => {
      const knock = member(bob, bob, 'knock')
      const room = populatedRoom(version, { joinRule: rule })
      if (!version.knocking) return assertRefused(room.judge(knock), /not one this room version knows/)
      if (!accepted) return assertRefused(room.judge(knock), /does not accept knocks/)

      assertAllowed(room.judge(knock))
      assertRefused(room.judge(member(alice, bob, 'knock')), /only for themselves/)
      room.send(knock)
      assertAllowed(room.judge(knock))
      room.send(member(creator, bob, 'invite'))
      assertRefused(room.judge(knock), /already invited/)
      room.send(member(bob, bob, 'join'))
      assertRefused(room.judge(knock), /already in the room/)
      room.send(member(creator, bob, 'ban'))
      assertRefused(room.judge(knock), /banned/)
      room.send(member(creator, bob, 'leave'))
      assertAllowed(room.judge(knock))
    })
  }

  test(named('a room without join rules accepts no knocks'), () => {
    const verdict = foundedRoom(version).judge(member(bob, bob, 'knock'))
    assertRefused(verdict, version.knocking ? /does not accept knocks/ : /not one this room version knows/)
  })

  test(named('creators can be neither kicked nor banned where they are privileged'), () => {
    const room = populatedRoom(version)
    const users = usersWith(version, { [alice]: 100 })
    room.send(
      powerLevels(creator, { users: version.privilegedCreators ? users : { ...users, [creator]: 0 } }),
    )
    for (const membership of ['leave', 'ban']) {
      const verdict = room.judge(member(alice, creator, membership))
      if (version.privilegedCreators) assertRefused(verdict, /not below the sender's/)
      else assertAllowed(verdict)
    }
  })
}
