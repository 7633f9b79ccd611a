import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../../../platform/json.ts'
import { parsePdu } from './event-format.ts'
import { supportedRoomVersions } from './room-versions.ts'

const ids = (count: number) => Array.from({ length: count }, (_, index) => `$${index}`)

const event: JsonObject = {
  type: 'm.room.name',
  room_id: '!room:here.example',
  sender: '@alice:here.example',
  state_key: '',
  content: {},
  origin_server_ts: 1,
  depth: 1,
  prev_events: ids(20),
  auth_events: ids(10),
  hashes: { sha256: 'x' },
  signatures: { 'here.example': { 'ed25519:1': 'x' } },
  unsigned: {},
  'org.example.extra': 1,
}

const malformed: [string, unknown[]][] = [
  ['type', [undefined, null, 5]],
  ['room_id', [undefined, null, 5, 'room']],
  ['sender', [undefined, null, 5, 'alice', '@alice', 'alice:here.example']],
  ['state_key', [null, 5, {}]],
  ['redacts', [null, 5, {}]],
  ['content', [undefined, null, 5, [], 'x']],
  ['origin_server_ts', [undefined, null, '1', 1.5]],
  ['depth', [undefined, null, '1', 1.5, -1]],
  ['prev_events', [undefined, null, {}, [5], ['$new', 5], [['$old', {}]], ids(21)]],
  ['auth_events', [undefined, null, {}, [5], ['$new', 5], ids(11)]],
  ['hashes', [undefined, null, {}, { sha256: 5 }]],
  [
    'signatures',
    [undefined, null, [], { a: 'x' }, { a: { b: 5 } }, { a: {}, b: 'x' }, { a: { b: 'x', c: 5 } }],
  ],
  ['unsigned', [null, [], 'x']],
]

for (const version of supportedRoomVersions) {
  const named = (sentence: string) => `version ${version.id}: ${sentence}`

  test(named('an event of the right format is taken as it is, further keys included'), () => {
    assert.equal(parsePdu(version, event), event)
  })

  for (const [field, values] of malformed) {
    test(named(`${field} must have its format`), () => {
      for (const value of values) {
        const { [field]: _, ...rest } = event
        // The values are wrong on purpose, but all are JSON.
        const wrong = value === undefined ? rest : { ...rest, [field]: value as JsonObject }
        assert.throws(() => parsePdu(version, wrong), { name: 'EventFormatError', fault: 'malformed' })
      }
    })
  }

  test(named('the least and emptiest values are values'), () => {
    for (const least of [
      { depth: 0 },
      { prev_events: [], auth_events: [] },
      { signatures: {} },
      { origin_server_ts: -1 },
    ]) {
      parsePdu(version, { ...event, ...least })
    }
  })

  test(named('fields beyond their size are too large'), () => {
    const long = 'x'.repeat(255)
    for (const wrong of [{ type: `${long}x` }, { state_key: `${long}x` }, { room_id: `!${long}` }]) {
      assert.throws(() => parsePdu(version, { ...event, ...wrong }), { fault: 'too_large' })
    }
    parsePdu(version, { ...event, type: long, state_key: long, room_id: `!${long.slice(1)}` })
  })

  test(named('only a create event whose id becomes the room id may lack one'), () => {
    const { room_id: _, ...rest } = event
    const create = { ...rest, type: 'm.room.create' }
    if (version.roomIdFromCreateEvent) assert.equal(parsePdu(version, create), create)
    else assert.throws(() => parsePdu(version, create), { fault: 'malformed' })
  })

  test(named('numbers beyond 2^53 are tolerated only where the version tolerates them'), () => {
    const deep = { ...event, depth: 2 ** 60 }
    if (version.strictCanonicalJson) assert.throws(() => parsePdu(version, deep), { fault: 'malformed' })
    else assert.equal(parsePdu(version, deep), deep)
  })
}
