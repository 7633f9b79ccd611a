import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JsonObject } from '../../../platform/json.ts'
import { redactJson } from './redact-event.ts'
import { type RoomVersion, supportedRoomVersions } from './room-versions.ts'

const number = (version: RoomVersion) => Number(version.id)

/** Every top-level key any version speaks of, and one that none does. */
const allKeys = {
  event_id: '$event',
  type: 'com.example.type',
  room_id: '!room:here.example',
  sender: '@alice:here.example',
  state_key: '',
  content: { body: 'secret' },
  hashes: { sha256: 'x' },
  signatures: { 'here.example': { 'ed25519:1': 'x' } },
  depth: 1,
  prev_events: ['$prev'],
  prev_state: [],
  auth_events: ['$auth'],
  origin: 'here.example',
  origin_server_ts: 1,
  membership: 'join',
  redacts: '$target',
  unsigned: { age: 1 },
  'com.example.extra': true,
}

/** The content keys each type of event keeps; the rest of its content is dropped. */
function keptContentKeys(version: RoomVersion): Record<string, string[]> {
  const since = (first: number, ...keys: string[]) => (number(version) >= first ? keys : [])
  return {
    'm.room.member': ['membership', ...since(9, 'join_authorised_via_users_server')],
    'm.room.create': since(11, 'creator', 'm.federate', 'anything').concat(
      number(version) < 11 ? ['creator'] : [],
    ),
    'm.room.join_rules': ['join_rule', ...since(8, 'allow')],
    'm.room.power_levels': [
      ...['ban', 'events', 'events_default', 'kick', 'redact', 'state_default', 'users', 'users_default'],
      ...since(11, 'invite'),
    ],
    'm.room.history_visibility': ['history_visibility'],
    'm.room.aliases': number(version) < 6 ? ['aliases'] : [],
    'm.room.redaction': since(11, 'redacts'),
    'm.room.message': [],
    'm.room.name': [],
    constructor: [],
    '': [],
  }
}

const allContentKeys = [
  ...['membership', 'join_authorised_via_users_server', 'displayname', 'creator', 'm.federate', 'anything'],
  ...['join_rule', 'allow', 'ban', 'events', 'events_default', 'kick', 'redact', 'state_default', 'users'],
  ...[
    'users_default',
    'invite',
    'notifications',
    'history_visibility',
    'aliases',
    'redacts',
    'body',
    '__proto__',
  ],
]

for (const version of supportedRoomVersions) {
  const named = (sentence: string) => `version ${version.id}: ${sentence}`

  test(named('redaction keeps the listed keys and empties the content'), () => {
    const { redacts: _1, unsigned: _2, 'com.example.extra': _3, ...kept } = allKeys
    const { origin: _4, membership: _5, prev_state: _6, ...keptLater } = kept
    const expected = number(version) >= 11 ? keptLater : kept
    assert.deepEqual(redactJson(version, allKeys), { ...expected, content: {} })
  })

  for (const [type, expected] of Object.entries(keptContentKeys(version))) {
    test(
      named(`the content of ${type || 'an event without name'} keeps ${expected.join(', ') || 'nothing'}`),
      () => {
        const content: JsonObject = JSON.parse(`{${allContentKeys.map((key) => `"${key}":"${key}"`).join()}}`)
        const redacted = redactJson(version, { type, content })
        if (type === 'm.room.create' && number(version) >= 11) {
          assert.deepEqual(redacted, { type, content })
          return
        }
        assert.deepEqual(redacted, { type, content: Object.fromEntries(expected.map((key) => [key, key])) })
      },
    )
  }

  test(named('a third-party invite keeps only what proves it, from version 11 on'), () => {
    const keptOf = (third_party_invite: JsonObject[string]) =>
      redactJson(version, { type: 'm.room.member', content: { membership: 'invite', third_party_invite } })[
        'content'
      ]
    const signed = { mxid: '@a:b', token: 't', signatures: {} }
    const without = { membership: 'invite' }
    const kept = (third_party_invite: JsonObject) =>
      number(version) >= 11 ? { ...without, third_party_invite } : without
    assert.deepEqual(keptOf({ display_name: 'Alice', signed }), kept({ signed }))
    assert.deepEqual(keptOf({ display_name: 'Alice' }), kept({}))
    assert.deepEqual(keptOf('nonsense'), without)
  })

  test(named('redacting leaves the event itself alone, and redacting again changes nothing'), () => {
    const keys = fc.constantFrom(...allContentKeys)
    const types = fc.constantFrom(...Object.keys(keptContentKeys(version)))
    const contents = fc.dictionary(keys, fc.jsonValue(), { noNullPrototype: true })
    fc.assert(
      fc.property(types, contents, (type, content) => {
        // A value from JSON text, so that keys named like inherited properties are the object's own.
        const event: JsonObject = JSON.parse(JSON.stringify({ ...allKeys, type, content }))
        const before = JSON.stringify(event)
        const once = redactJson(version, event)
        assert.equal(JSON.stringify(event), before)
        assert.deepEqual(redactJson(version, once), once)
      }),
    )
  })
}

test('content that is not an object is kept as it stands, since there is nothing to strip', () => {
  const [version] = supportedRoomVersions
  assert(version)
  assert.deepEqual(redactJson(version, { type: 'm.room.name', content: null }), {
    type: 'm.room.name',
    content: null,
  })
})
