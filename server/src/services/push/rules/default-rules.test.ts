import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileRuleset, type Outcome, SILENT } from './evaluate.ts'
import type { PushEvent, RoomFacts } from './prepared-event.ts'
import { NO_CHANGES, presentRuleset } from './ruleset.ts'
import { ALICE, BOB, preparedEvent } from './testing.ts'

const NOTIFY: Outcome = { notify: true, highlight: false }

function outcome(changes: Partial<PushEvent>, room: Partial<RoomFacts> = {}): Outcome {
  return compileRuleset(NO_CHANGES).evaluate(preparedEvent(changes, room), { userId: ALICE })
}

test('the predefined rules are those of the specification, in its order', () => {
  const ruleset = presentRuleset(NO_CHANGES, ALICE)
  const ids = (kind: keyof typeof ruleset) => ruleset[kind].map((rule) => rule.rule_id)
  assert.deepEqual(ids('override'), [
    '.m.rule.master',
    '.m.rule.suppress_notices',
    '.m.rule.invite_for_me',
    '.m.rule.member_event',
    '.m.rule.is_user_mention',
    '.m.rule.is_room_mention',
    '.m.rule.tombstone',
    '.m.rule.reaction',
    '.m.rule.room.server_acl',
    '.m.rule.suppress_edits',
  ])
  assert.deepEqual(ids('underride'), [
    '.m.rule.call',
    '.m.rule.encrypted_room_one_to_one',
    '.m.rule.room_one_to_one',
    '.m.rule.message',
    '.m.rule.encrypted',
  ])
  assert.deepEqual([ids('content'), ids('room'), ids('sender')], [[], [], []])
  for (const rule of [...ruleset.override, ...ruleset.underride]) {
    assert.equal(rule.default, true)
    assert.equal(rule.enabled, rule.rule_id !== '.m.rule.master')
  }
})

test('rules about the user are shown with the ID of the user', () => {
  const { override } = presentRuleset(NO_CHANGES, ALICE)
  assert.deepEqual(override[2]?.conditions?.[2], { kind: 'event_match', key: 'state_key', pattern: ALICE })
  assert.deepEqual(override[4], {
    rule_id: '.m.rule.is_user_mention',
    default: true,
    enabled: true,
    conditions: [{ kind: 'event_property_contains', key: 'content.m\\.mentions.user_ids', value: ALICE }],
    actions: ['notify', { set_tweak: 'sound', value: 'default' }, { set_tweak: 'highlight' }],
  })
})

test('master silences everything, also above the rules of the user, once it is enabled', () => {
  const own = { override: [{ id: 'loud', enabled: true, actions: ['notify'], conditions: [] }] }
  const event = preparedEvent()
  const off = compileRuleset({ own, defaults: {} })
  assert.deepEqual(off.evaluate(event, { userId: ALICE }), NOTIFY)
  const on = compileRuleset({ own, defaults: { '.m.rule.master': { enabled: true } } })
  assert.deepEqual(on.evaluate(event, { userId: ALICE }), SILENT)
})

test('messages notify, and with a sound where two are alone', () => {
  assert.deepEqual(outcome({}), NOTIFY)
  assert.deepEqual(outcome({}, { memberCount: 2 }), { ...NOTIFY, sound: 'default' })
})

test('encrypted events notify, and with a sound where two are alone', () => {
  const encrypted = { type: 'm.room.encrypted', content: { algorithm: 'm.megolm.v1.aes-sha2' } }
  assert.deepEqual(outcome(encrypted), NOTIFY)
  assert.deepEqual(outcome(encrypted, { memberCount: 2 }), { ...NOTIFY, sound: 'default' })
})

test('notices are silent, even those that mention the user', () => {
  assert.deepEqual(
    outcome({ content: { msgtype: 'm.notice', body: 'beep', 'm.mentions': { user_ids: [ALICE] } } }),
    SILENT,
  )
})

test('an invitation of the user rings, other membership is silent', () => {
  const member = (state_key: string, membership: string) => ({
    type: 'm.room.member',
    state_key,
    content: { membership },
  })
  assert.deepEqual(outcome(member(ALICE, 'invite')), { ...NOTIFY, sound: 'default' })
  assert.deepEqual(outcome(member(BOB, 'invite')), SILENT)
  assert.deepEqual(outcome(member(BOB, 'join')), SILENT)
  assert.deepEqual(outcome(member(ALICE, 'ban')), SILENT)
})

test('a mention of the user is highlighted with a sound, in a message of any type', () => {
  const mentioning = (...user_ids: unknown[]) => ({
    type: 'org.example.poll',
    content: { 'm.mentions': { user_ids } },
  })
  assert.deepEqual(outcome(mentioning(BOB, ALICE)), { notify: true, highlight: true, sound: 'default' })
  assert.deepEqual(outcome(mentioning(BOB)), SILENT)
  assert.deepEqual(
    outcome({ type: 'org.example.poll', content: { 'm.mentions': { user_ids: ALICE } } }),
    SILENT,
  )
})

test('a mention of the room is highlighted when its sender may do so', () => {
  const toRoom = { content: { msgtype: 'm.text', body: 'all', 'm.mentions': { room: true } } }
  assert.deepEqual(outcome(toRoom, { mayNotify: () => true }), { notify: true, highlight: true })
  assert.deepEqual(outcome(toRoom, { mayNotify: () => false }), NOTIFY)
})

test('names in the body alone highlight nothing', () => {
  const body = 'alice @alice:example.org @room'
  assert.deepEqual(outcome({ content: { msgtype: 'm.text', body } }, { mayNotify: () => true }), NOTIFY)
})

test('an upgrade of the room is highlighted when it is a state event with an empty key', () => {
  const tombstone = { type: 'm.room.tombstone', content: {} }
  assert.deepEqual(outcome({ ...tombstone, state_key: '' }), { notify: true, highlight: true })
  assert.deepEqual(outcome({ ...tombstone, state_key: 'x' }), SILENT)
  assert.deepEqual(outcome(tombstone), SILENT)
})

test('reactions, edits and server access lists are silent', () => {
  assert.deepEqual(outcome({ type: 'm.reaction', content: {} }), SILENT)
  assert.deepEqual(outcome({ type: 'm.room.server_acl', state_key: '', content: {} }), SILENT)
  const edit = { msgtype: 'm.text', body: '* tea', 'm.relates_to': { rel_type: 'm.replace', event_id: '$x' } }
  assert.deepEqual(outcome({ content: edit }), SILENT)
  assert.deepEqual(outcome({ content: { ...edit, 'm.relates_to': { rel_type: 'm.thread' } } }), NOTIFY)
})

test('a call rings', () => {
  assert.deepEqual(outcome({ type: 'm.call.invite', content: {} }), { ...NOTIFY, sound: 'ring' })
})

test('events that no rule knows are silent', () => {
  assert.deepEqual(outcome({ type: 'm.room.topic', state_key: '', content: { topic: 'tea' } }), SILENT)
  assert.deepEqual(outcome({ type: 'org.example.custom', content: {} }), SILENT)
})
