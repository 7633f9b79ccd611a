import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JsonObject } from '../../../platform/json.ts'
import { decodeBase64, decodeUrlSafeBase64 } from '../../../platform/signed-json/base64.ts'
import { createSigningKey, signText } from '../../../platform/signed-json/signing.ts'
import { contentHash, essence, eventIdOf, roomIdFromCreateEventId } from './hash-event.ts'
import { redactJson } from './redact-event.ts'
import { supportedRoomVersions } from './room-versions.ts'

const key = createSigningKey(
  '1',
  decodeBase64('YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1') ?? assert.fail(),
)

/** The vectors of https://spec.matrix.org/v1.19/appendices/#event-signing; they hold `origin`, so up to version 10. */
const vectors = [
  {
    what: 'the minimal event',
    event: {
      room_id: '!x:domain',
      sender: '@a:domain',
      origin: 'domain',
      origin_server_ts: 1000000,
      signatures: {},
      hashes: {},
      type: 'X',
      content: {},
      prev_events: [],
      auth_events: [],
      depth: 3,
      unsigned: { age_ts: 1000000 },
    },
    hash: '5jM4wQpv6lnBo7CLIghJuHdW+s2CMBJPUOGOC89ncos',
    signature: 'KxwGjPSDEtvnFgU00fwFz+l6d2pJM6XBIaMEn81SXPTRl16AqLAYqfIReFGZlHi5KLjAWbOoMszkwsQma+lYAg',
  },
  {
    what: 'the event with redactable content',
    event: {
      content: { body: 'Here is the message content' },
      event_id: '$0:domain',
      origin: 'domain',
      origin_server_ts: 1000000,
      type: 'm.room.message',
      room_id: '!r:domain',
      sender: '@u:domain',
      signatures: {},
      unsigned: { age_ts: 1000000 },
    },
    hash: 'onLKD1bGljeBWQhWZ1kaP9SorVmRQNdN5aM2JYU2n/g',
    signature: 'Wm+VzmOUOz08Ds+0NTWb1d4CZrVsJSikkeRxh6aCcUwu6pNC78FunoD7KNWzqFn241eYHYMGCA5McEiVPdhzBA',
  },
]

for (const version of supportedRoomVersions.filter(({ redaction }) => redaction !== 'v11')) {
  for (const { what, event, hash, signature } of vectors) {
    test(`version ${version.id}: ${what} of the specification has its hash and signature`, () => {
      assert.equal(contentHash(version, event), hash)
      const redacted = redactJson(version, { ...event, hashes: { sha256: hash } })
      assert.equal(signText(essence(version, redacted), key), signature)
    })
  }
}

const event = {
  type: 'm.room.message',
  room_id: '!room:here.example',
  sender: '@alice:here.example',
  content: { body: 'hello' },
  origin_server_ts: 1,
  depth: 5,
  prev_events: ['$prev'],
  auth_events: ['$auth'],
  hashes: { sha256: 'x' },
  signatures: { 'here.example': { 'ed25519:1': 'x' } },
}

for (const version of supportedRoomVersions) {
  const named = (sentence: string) => `version ${version.id}: ${sentence}`

  test(named('the event id is the SHA-256 of the redacted event in the alphabet of the version'), () => {
    const text =
      '{"auth_events":["$auth"],"content":{},"depth":5,"hashes":{"sha256":"x"},"origin_server_ts":1,' +
      '"prev_events":["$prev"],"room_id":"!room:here.example","sender":"@alice:here.example","type":"m.room.message"}'
    const digest = createHash('sha256').update(text).digest()
    const id = eventIdOf(version, event)
    const decode = version.eventIds === 'base64' ? decodeBase64 : decodeUrlSafeBase64
    assert.match(id, /^\$[^=]{43}$/)
    assert.deepEqual(decode(id.slice(1)), digest)
  })

  test(named('signatures and unsigned data change neither the id nor the content hash'), () => {
    const other = { ...event, signatures: {}, unsigned: { age: 1.5 } }
    assert.equal(eventIdOf(version, other), eventIdOf(version, event))
    assert.equal(contentHash(version, other), contentHash(version, event))
  })

  test(named('whatever is in an event, its id survives redaction and its content hash does not'), () => {
    const contents = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.maxSafeInteger(), fc.boolean()), {
      minKeys: 1,
      noNullPrototype: true,
    })
    const types = fc.constantFrom('m.room.message', 'm.room.member', 'm.room.create', 'm.room.power_levels')
    fc.assert(
      fc.property(types, contents, fc.maxSafeInteger(), (type, content, origin_server_ts) => {
        const any: JsonObject = { ...event, type, content, origin_server_ts, extra: 'dropped by redaction' }
        const redacted = redactJson(version, any)
        assert.equal(eventIdOf(version, redacted), eventIdOf(version, any))
        assert.notEqual(contentHash(version, redacted), contentHash(version, any))
      }),
    )
  })

  test(named('content without canonical form is hashed only where the version tolerates it'), () => {
    for (const number of [1.5, 2 ** 60]) {
      const odd = { ...event, content: { number } }
      if (version.strictCanonicalJson)
        assert.throws(() => contentHash(version, odd), { name: 'CanonicalJsonError' })
      else assert.match(contentHash(version, odd), /^[A-Za-z0-9+/]{43}$/)
    }
  })
}

test('the room id of version 12 is the id of the create event under another sigil', () => {
  const id = '$Nhcu5BS-UMnFX7hBVfVSoXiD7OgH6iRT-xyIuqDnpYQ'
  assert.equal(roomIdFromCreateEventId(id), '!Nhcu5BS-UMnFX7hBVfVSoXiD7OgH6iRT-xyIuqDnpYQ')
})
