import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JsonObject } from '../../../platform/json.ts'
import { canonicalJson } from '../../../platform/signed-json/canonical-json.ts'
import { createSigningKey } from '../../../platform/signed-json/signing.ts'
import { buildEvent, type EventDraft, placeEvent } from './build-event.ts'
import { maxEventBytes, parsePdu } from './event-format.ts'
import { eventIdOf } from './hash-event.ts'
import { redactEvent } from './redact-event.ts'
import { defaultRoomVersion, supportedRoomVersions } from './room-versions.ts'
import { hasGenuineContent, isEventSignedBy } from './verify-event.ts'

const signer = { serverName: 'here.example:8448', key: createSigningKey('a_1', new Uint8Array(32).fill(7)) }
const place = {
  prevEvents: ['$prev'],
  authEvents: ['$auth1', '$auth2'],
  depth: 12,
  originServerTs: 1_700_000_000_000,
}
const draft: EventDraft = {
  type: 'm.room.message',
  sender: '@alice:here.example:8448',
  roomId: '!room:here.example:8448',
  content: { body: 'Grüße "aus" 서울 \u{1f525}\n' },
}

for (const version of supportedRoomVersions) {
  const named = (sentence: string) => `version ${version.id}: ${sentence}`

  test(named('a built event is complete, genuine, signed, and has the id that follows from it'), () => {
    const { eventId, roomId, pdu } = buildEvent(version, draft, place, signer)
    assert.equal(roomId, draft.roomId)
    assert.equal(eventId, eventIdOf(version, pdu))
    assert.deepEqual(parsePdu(version, JSON.parse(JSON.stringify(pdu))), pdu)
    const { hashes, signatures, ...rest } = pdu
    assert.deepEqual(rest, {
      type: draft.type,
      room_id: draft.roomId,
      sender: draft.sender,
      content: draft.content,
      origin_server_ts: place.originServerTs,
      depth: 12,
      prev_events: ['$prev'],
      auth_events: ['$auth1', '$auth2'],
    })
    assert.deepEqual(Object.keys(hashes), ['sha256'])
    assert.deepEqual(Object.keys(signatures), [signer.serverName])
    assert.equal(hasGenuineContent(version, pdu), true)
    assert.equal(isEventSignedBy(version, pdu, signer.serverName, 'ed25519:a_1', signer.key.publicKey), true)
  })

  test(named('a redacted event keeps its id and signature, but is not genuine any more'), () => {
    const { eventId, pdu } = buildEvent(version, draft, place, signer)
    const redacted = redactEvent(version, { ...pdu, unsigned: { age: 5 } })
    assert.equal(eventIdOf(version, redacted), eventId)
    assert.equal(
      isEventSignedBy(version, redacted, signer.serverName, 'ed25519:a_1', signer.key.publicKey),
      true,
    )
    assert.equal(hasGenuineContent(version, redacted), false)
  })

  test(named('a change to an event is noticed'), () => {
    const { pdu } = buildEvent(version, draft, place, signer)
    assert.equal(hasGenuineContent(version, { ...pdu, content: { body: 'forged' } }), false)
    assert.equal(hasGenuineContent(version, { ...pdu, hashes: {} }), false)
    const forged = { ...pdu, sender: '@mallory:here.example:8448' }
    assert.equal(
      isEventSignedBy(version, forged, signer.serverName, 'ed25519:a_1', signer.key.publicKey),
      false,
    )
    assert.equal(isEventSignedBy(version, pdu, 'there.example', 'ed25519:a_1', signer.key.publicKey), false)
    assert.equal(isEventSignedBy(version, pdu, signer.serverName, 'ed25519:b', signer.key.publicKey), false)
  })

  test(named('a create event names its room exactly where the room id is not made from it'), () => {
    const create = {
      type: 'm.room.create',
      stateKey: '',
      sender: draft.sender,
      content: { room_version: version.id },
    }
    const first = { prevEvents: [], authEvents: [], depth: 1, originServerTs: 1 }
    if (version.roomIdFromCreateEvent) {
      const { eventId, roomId, pdu } = buildEvent(version, create, first, signer)
      assert.equal('room_id' in pdu, false)
      assert.equal(roomId, `!${eventId.slice(1)}`)
      assert.throws(() => buildEvent(version, { ...create, roomId: '!x:y' }, first, signer), /no room id yet/)
    } else {
      const { roomId, pdu } = buildEvent(version, { ...create, roomId: '!x:here.example' }, first, signer)
      assert.equal(pdu.room_id, '!x:here.example')
      assert.equal(roomId, '!x:here.example')
      assert.throws(() => buildEvent(version, create, first, signer), /no room id yet/)
    }
  })

  test(named('a redaction names its target where the version wants it'), () => {
    const redaction = { ...draft, type: 'm.room.redaction', content: { reason: 'spam' }, redacts: '$target' }
    const { pdu } = buildEvent(version, redaction, place, signer)
    assert.equal(pdu.redacts, version.redactsInContent ? undefined : '$target')
    assert.equal('redacts' in pdu, !version.redactsInContent)
    assert.deepEqual(
      pdu.content,
      version.redactsInContent ? { reason: 'spam', redacts: '$target' } : { reason: 'spam' },
    )
  })

  test(named('the size is that of the whole event in canonical JSON'), () => {
    const contents = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), {
      noNullPrototype: true,
    })
    fc.assert(
      fc.property(contents, fc.boolean(), (content, isState) => {
        const any = { ...draft, content, ...(isState && { stateKey: 'é' }) }
        const { pdu, sizeBytes } = buildEvent(version, any, place, signer)
        assert.equal(sizeBytes, Buffer.byteLength(canonicalJson(pdu)))
      }),
      { numRuns: 25 },
    )
  })

  test(named('content without canonical form is refused where the version is strict'), () => {
    const build = (content: JsonObject) => buildEvent(version, { ...draft, content }, place, signer)
    for (const number of [1.5, 2 ** 60]) {
      if (version.strictCanonicalJson) assert.throws(() => build({ number }), { name: 'CanonicalJsonError' })
      else assert.equal(hasGenuineContent(version, build({ number }).pdu), true)
    }
    assert.throws(() => build({ text: '\ud800' }), { name: 'CanonicalJsonError' })
    assert.throws(() => build({ number: Number.NaN }), { name: 'CanonicalJsonError' })
  })
}

test('an event of exactly 65,536 bytes is built and one byte more is too large', () => {
  const build = (length: number) =>
    buildEvent(defaultRoomVersion, { ...draft, content: { body: 'x'.repeat(length) } }, place, signer)
  const room = maxEventBytes - build(0).sizeBytes
  assert.equal(build(room).sizeBytes, 65_536)
  assert.throws(() => build(room + 1), { name: 'EventFormatError', fault: 'too_large' })
})

test('fields with a limit of their own are measured in bytes', () => {
  const fields = ['type', 'stateKey', 'sender', 'roomId'] as const
  for (const field of fields) {
    const build = (value: string) => placeEvent(defaultRoomVersion, { ...draft, [field]: value }, place)
    for (const longest of ['x'.repeat(255), `${'é'.repeat(127)}x`, '서'.repeat(85)]) {
      build(longest)
      assert.throws(() => build(`${longest}x`), { name: 'EventFormatError', fault: 'too_large' })
    }
  }
})

test('an event follows at most 20 others and cites at most 10', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, index) => `$${index}`)
  placeEvent(defaultRoomVersion, draft, { ...place, prevEvents: ids(20), authEvents: ids(10) })
  assert.throws(() => placeEvent(defaultRoomVersion, draft, { ...place, prevEvents: ids(21) }), /at most 20/)
  assert.throws(() => placeEvent(defaultRoomVersion, draft, { ...place, authEvents: ids(11) }), /at most 10/)
})

test('an event that has no canonical form where it must is neither genuine nor signed', () => {
  const { pdu } = buildEvent(defaultRoomVersion, draft, place, signer)
  assert.equal(hasGenuineContent(defaultRoomVersion, { ...pdu, content: { number: 1.5 } }), false)
  const odd = { ...pdu, depth: 1.5 }
  assert.equal(
    isEventSignedBy(defaultRoomVersion, odd, signer.serverName, 'ed25519:a_1', signer.key.publicKey),
    false,
  )
})

test('the depth stays where it is once it has reached its limit', () => {
  const deepest = { ...place, depth: Number.MAX_SAFE_INTEGER }
  assert.equal(placeEvent(defaultRoomVersion, draft, deepest).depth, Number.MAX_SAFE_INTEGER - 1)
})

test('building does not change the draft, nor follow later changes to its place', () => {
  const prevEvents = ['$prev']
  const redaction = { ...draft, type: 'm.room.redaction', redacts: '$target', content: {} }
  const { pdu } = buildEvent(defaultRoomVersion, redaction, { ...place, prevEvents }, signer)
  prevEvents.push('$other')
  assert.deepEqual(redaction.content, {})
  assert.deepEqual(pdu.prev_events, ['$prev'])
})

test('the same event in another place, or signed by another key, has another id only for the former', () => {
  const { eventId } = buildEvent(defaultRoomVersion, draft, place, signer)
  const elsewhere = buildEvent(defaultRoomVersion, draft, { ...place, depth: 13 }, signer)
  const otherKey = { ...signer, key: createSigningKey('b', new Uint8Array(32)) }
  assert.notEqual(elsewhere.eventId, eventId)
  assert.equal(buildEvent(defaultRoomVersion, draft, place, otherKey).eventId, eventId)
})
