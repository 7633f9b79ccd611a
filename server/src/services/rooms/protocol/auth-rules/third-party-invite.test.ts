import { test } from 'node:test'
import type { JsonObject, JsonValue } from '../../../../platform/json.ts'
import { createSigningKey, signJson } from '../../../../platform/signed-json/signing.ts'
import { supportedRoomVersions } from '../room-versions.ts'
import {
  alice,
  assertAllowed,
  assertRefused,
  bob,
  creator,
  member,
  populatedRoom,
  powerLevels,
  usersWith,
} from '../testing.ts'

const identityKey = createSigningKey('0', new Uint8Array(32).fill(1))
const otherKey = createSigningKey('0', new Uint8Array(32).fill(2))
const urlSafe = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_')

function signedInvite(content: JsonObject = { mxid: bob, token: 'token', sender: alice }, key = identityKey) {
  return signJson(content, 'identity.example', key)
}

function exchange(sender: string, invite: JsonValue) {
  return member(sender, bob, 'invite', { third_party_invite: invite })
}

for (const version of supportedRoomVersions) {
  const named = (sentence: string) => `version ${version.id}: ${sentence}`

  /** A room where alice has sent a third-party invite with the token `token` and these keys. */
  const roomWithInvite = (keys: JsonObject = { public_key: identityKey.publicKey }) => {
    const room = populatedRoom(version)
    room.send({ type: 'm.room.third_party_invite', sender: alice, stateKey: 'token', content: keys })
    return room
  }

  test(named('the owner of the identifier is invited without further power'), () => {
    const room = roomWithInvite()
    room.send(powerLevels(creator, { users: usersWith(version, {}), invite: 50 }))
    room.send(member(alice, alice, 'leave'))
    assertAllowed(room.judge(exchange(alice, { signed: signedInvite() })))
    assertRefused(room.judge(member(alice, bob, 'invite')), /Only members may invite/)
  })

  test(named('a banned user stays out'), () => {
    const room = roomWithInvite()
    room.send(member(creator, bob, 'ban'))
    assertRefused(room.judge(exchange(alice, { signed: signedInvite() })), /banned/)
  })

  test(named('the invite must be signed, for this user, and name its token'), () => {
    const room = roomWithInvite()
    for (const invite of [null, 'x', [], {}, { signed: null }, { signed: 'x' }]) {
      assertRefused(room.judge(exchange(alice, invite)), /is not signed/)
    }
    for (const content of [
      { mxid: bob },
      { token: 'token' },
      { mxid: 5, token: 'token' },
      { mxid: bob, token: null },
    ]) {
      assertRefused(
        room.judge(exchange(alice, { signed: signedInvite(content) })),
        /names no user or no token/,
      )
    }
    const forAnother = signedInvite({ mxid: alice, token: 'token' })
    assertRefused(room.judge(exchange(alice, { signed: forAnother })), /for another user/)
    const unknownToken = signedInvite({ mxid: bob, token: 'other' })
    assertRefused(
      room.judge(exchange(alice, { signed: unknownToken })),
      /no third-party invite with this token/,
    )
  })

  test(named('only who sent the third-party invite may exchange it'), () => {
    const room = roomWithInvite()
    assertRefused(room.judge(exchange(creator, { signed: signedInvite() })), /sent by another user/)
  })

  test(
    named('the signature must be by one of the keys of the third-party invite, in either alphabet'),
    () => {
      const signed = signedInvite()
      const keyLists: JsonObject[] = [
        { public_key: identityKey.publicKey },
        { public_key: urlSafe(identityKey.publicKey) },
        { public_keys: [{ public_key: identityKey.publicKey }] },
        { public_key: otherKey.publicKey, public_keys: [{ public_key: urlSafe(identityKey.publicKey) }] },
        {
          public_keys: [
            null,
            {},
            { public_key: 5 },
            { public_key: '' },
            { public_key: identityKey.publicKey },
          ],
        },
      ]
      for (const keys of keyLists) assertAllowed(roomWithInvite(keys).judge(exchange(alice, { signed })))

      const wrongLists: JsonObject[] = [
        {},
        { public_key: otherKey.publicKey },
        { public_key: [identityKey.publicKey] },
        { public_keys: identityKey.publicKey },
        { public_keys: [identityKey.publicKey] },
      ]
      for (const keys of wrongLists) {
        assertRefused(roomWithInvite(keys).judge(exchange(alice, { signed })), /no valid signature/)
      }
    },
  )

  test(named('a changed, missing or foreign signature is no proof'), () => {
    const room = roomWithInvite()
    const signed = signedInvite()
    const signature = signed.signatures['identity.example']?.['ed25519:0'] ?? ''
    const worthless: JsonObject[] = [
      { ...signed, sender: bob },
      { ...signed, signatures: {} },
      { ...signed, signatures: null },
      { ...signed, signatures: { 'identity.example': signature } },
      { ...signed, signatures: { 'identity.example': { 'rsa:0': signature } } },
      { ...signed, signatures: { 'identity.example': { 'ed25519:0': 5 } } },
      { ...signed, fraction: 0.5 },
      signedInvite(undefined, otherKey),
    ]
    for (const invite of worthless) {
      assertRefused(room.judge(exchange(alice, { signed: invite })), /no valid signature/)
    }
    const twice = signJson(signed, 'another.example', otherKey)
    assertAllowed(room.judge(exchange(alice, { signed: twice })))
  })
}

test('a flood of signatures and keys costs a bounded number of verifications', () => {
  const [version] = supportedRoomVersions
  if (version === undefined) throw new Error('there are versions')
  const room = populatedRoom(version)
  const public_keys = Array.from({ length: 300 }, () => ({ public_key: otherKey.publicKey }))
  room.send({
    type: 'm.room.third_party_invite',
    sender: alice,
    stateKey: 'token',
    content: { public_keys: [...public_keys, { public_key: identityKey.publicKey }] },
  })
  // The one good pair comes too late to be tried.
  assertRefused(room.judge(exchange(alice, { signed: signedInvite() })), /no valid signature/)
})
