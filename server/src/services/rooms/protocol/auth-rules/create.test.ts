import { test } from 'node:test'
import { supportedRoomVersions } from '../room-versions.ts'
import { assertAllowed, assertRefused, create, creator, emptyRoom, stranger } from '../testing.ts'

for (const version of supportedRoomVersions) {
  const named = (sentence: string) => `version ${version.id}: ${sentence}`

  test(named('a create event founds a room'), () => {
    assertAllowed(emptyRoom(version).judge(create(version)))
  })

  test(named('a create event follows no other'), () => {
    const judged = emptyRoom(version).judge(create(version), { place: { prevEvents: ['$other'] } })
    assertRefused(judged, /must be the first/)
  })

  test(named('the room id has to agree with the create event'), () => {
    const room = emptyRoom(version)
    const withRoomId = (room_id: string) => room.judge(create(version), { event: { room_id } })
    if (version.roomIdFromCreateEvent) {
      assertRefused(withRoomId('!room:here.example'), /must not name a room/)
      assertRefused(withRoomId('!abc'), /must not name a room/)
    } else {
      assertAllowed(withRoomId('!other:here.example'))
      assertRefused(withRoomId('!room:there.example'), /belong to the sender's server/)
      assertRefused(withRoomId('!room'), /belong to the sender's server/)
      assertRefused(room.judge({ ...create(version), sender: stranger }), /belong to the sender's server/)
    }
  })

  test(named('a port is part of the server name'), () => {
    if (version.roomIdFromCreateEvent) return
    const room = emptyRoom(version)
    const sender = '@creator:here.example:8448'
    const draft = { ...create(version), sender }
    assertRefused(
      room.judge(draft, { event: { room_id: '!r:here.example' } }),
      /belong to the sender's server/,
    )
    assertAllowed(room.judge(draft, { event: { room_id: '!r:here.example:8448' } }))
  })

  test(named('the room version must be a known one if it is named'), () => {
    const room = emptyRoom(version)
    const { room_version: _, ...unnamed } = create(version).content ?? {}
    assertAllowed(room.judge({ ...create(version), content: unnamed }))
    for (const unknown of ['', '1000', 'org.example.custom', 12, null]) {
      assertRefused(room.judge(create(version, { room_version: unknown })), /room version is not known/)
    }
  })

  test(named('the creator is named in the content only where the version wants it'), () => {
    const { creator: _, ...anonymous } = create(version).content ?? {}
    const verdict = emptyRoom(version).judge({ ...create(version), content: anonymous })
    if (version.creatorInContent) assertRefused(verdict, /must name the creator/)
    else assertAllowed(verdict)
  })

  test(named('additional creators must be user ids where they mean something'), () => {
    const room = emptyRoom(version)
    for (const creators of [
      [],
      [stranger],
      [creator, creator, stranger],
      ['@:here.example', '@Grüße x:a.b:1'],
    ]) {
      assertAllowed(room.judge(create(version, { additional_creators: creators })))
    }
    const malformed = [
      '',
      stranger,
      null,
      {},
      [stranger, 5],
      [null],
      ['stranger'],
      ['@stranger'],
      ['@a:'],
      ['@a:b c'],
    ]
    for (const creators of [...malformed, [`@${'a'.repeat(255)}:b`], ['@a\0:b'], ['@a\ud800:b']]) {
      const verdict = room.judge(create(version, { additional_creators: creators }))
      if (version.privilegedCreators) assertRefused(verdict, /must be a list of user ids/)
      else assertAllowed(verdict)
    }
  })
}
