import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileCondition } from './conditions.ts'
import { compileRuleset, type Outcome, SILENT } from './evaluate.ts'
import { type PushEvent, prepareEvent } from './prepared-event.ts'
import { type Action, type Condition, RULE_KINDS, type RuleKind } from './rule.ts'
import { NO_CHANGES, presentRuleset, type Rule, type RuleChanges } from './ruleset.ts'
import { ALICE, BOB, eventOf, preparedEvent, ROOM } from './testing.ts'

const HEARD = { notify: true, highlight: false }
const says = (sound: string): Action[] => ['notify', { set_tweak: 'sound', value: sound }]
const heard = (sound: string): Outcome => ({ ...HEARD, sound })

function judge(
  own: RuleChanges['own'],
  event: Partial<PushEvent> = {},
  defaults: RuleChanges['defaults'] = {},
): Outcome {
  return compileRuleset({ own, defaults }).evaluate(preparedEvent(event), { userId: ALICE })
}

test('the kinds are tried in their order', () => {
  const rule = { enabled: true, conditions: [], pattern: 'tea' }
  const own = {
    override: [{ ...rule, id: 'a', actions: says('override') }],
    content: [{ ...rule, id: 'b', actions: says('content') }],
    room: [{ ...rule, id: ROOM, actions: says('room') }],
    sender: [{ ...rule, id: BOB, actions: says('sender') }],
    underride: [{ ...rule, id: 'c', actions: says('underride') }],
  }
  const left: { -readonly [kind in RuleKind]?: RuleChanges['own'][kind] } = { ...own }
  for (const kind of RULE_KINDS) {
    assert.deepEqual(judge(left), heard(kind))
    delete left[kind]
  }
  assert.deepEqual(judge(left), HEARD)
})

test('the first of two rules of one kind decides', () => {
  const tea = { id: 'tea', enabled: true, pattern: 'tea', actions: says('kettle') }
  const time = { id: 'time', enabled: true, pattern: 'time', actions: says('clock') }
  assert.deepEqual(judge({ content: [tea, time] }), heard('kettle'))
  assert.deepEqual(judge({ content: [time, tea] }), heard('clock'))
  assert.deepEqual(judge({ content: [{ ...time, enabled: false }, tea] }), heard('kettle'))
})

test('a rule about another room or sender, or with a pattern that is not in the body, does nothing', () => {
  const rule = { enabled: true, actions: [] }
  assert.deepEqual(judge({ room: [{ ...rule, id: '!other:example.org' }] }), HEARD)
  assert.deepEqual(judge({ sender: [{ ...rule, id: '@other:example.org' }] }), HEARD)
  assert.deepEqual(judge({ content: [{ ...rule, id: 'x', pattern: 'coffee' }] }), HEARD)
  assert.deepEqual(judge({ content: [{ ...rule, id: 'x', pattern: '*' }] }, { content: {} }), HEARD)
})

test('all conditions of a rule must hold, and one that is unknown never does', () => {
  const rule = (...conditions: Condition[]) => ({
    override: [{ id: 'x', enabled: true, actions: [], conditions }],
  })
  const type = { kind: 'event_match', key: 'type', pattern: 'm.room.message' }
  const room = { kind: 'event_match', key: 'room_id', pattern: ROOM }
  assert.deepEqual(judge(rule(type, room)), SILENT)
  assert.deepEqual(judge(rule(type, { ...room, pattern: '!other:example.org' })), HEARD)
  assert.deepEqual(judge(rule({ ...type, pattern: 'm.room.member' }, room)), HEARD)
  assert.deepEqual(judge(rule(type, { ...type, pattern: 'm.room.topic' })), HEARD)
  assert.deepEqual(judge(rule(type, { kind: 'org.example.unknown' })), HEARD)
  assert.deepEqual(
    judge(rule({ ...type, pattern: 'M.ROOM.*' }, { ...room, pattern: ROOM.toUpperCase() })),
    SILENT,
  )
})

test('a default rule follows the changes the user made to it', () => {
  const change = (changed: RuleChanges['defaults'][string]) => judge({}, {}, { '.m.rule.message': changed })
  assert.deepEqual(change({ enabled: false }), SILENT)
  assert.deepEqual(change({ actions: [] }), SILENT)
  assert.deepEqual(change({ actions: says('bing') }), heard('bing'))
  assert.deepEqual(judge({}, {}, { '.m.rule.gone': { enabled: true } }), HEARD)
})

test('a change of one user leaves the default rules of others alone', () => {
  judge({}, {}, { '.m.rule.message': { actions: [] } })
  assert.deepEqual(judge({}), HEARD)
})

test('highlight counts as set unless its value is something else than true', () => {
  const withTweak = (tweak: object) =>
    judge({ sender: [{ id: BOB, enabled: true, actions: ['notify', { set_tweak: 'highlight', ...tweak }] }] })
  assert.equal(withTweak({}).highlight, true)
  assert.equal(withTweak({ value: true }).highlight, true)
  assert.equal(withTweak({ value: false }).highlight, false)
  assert.equal(withTweak({ value: 'yes' }).highlight, false)
})

test('tweaks without notify, and actions of older versions, notify nobody', () => {
  const actions = (...given: Action[]) => judge({ sender: [{ id: BOB, enabled: true, actions: given }] })
  assert.deepEqual(actions({ set_tweak: 'highlight' }, { set_tweak: 'sound', value: 'x' }), SILENT)
  assert.deepEqual(actions('dont_notify'), SILENT)
  assert.deepEqual(actions('coalesce'), SILENT)
})

test("a user's own events and redacted events are silent whatever the rules say", () => {
  const own = { override: [{ id: 'all', enabled: true, actions: ['notify'], conditions: [] }] }
  assert.deepEqual(judge(own, { sender: ALICE }), SILENT)
  const redacted = prepareEvent(eventOf(), { memberCount: 3, mayNotify: () => true }, { isRedacted: true })
  assert.deepEqual(compileRuleset({ own, defaults: {} }).evaluate(redacted, { userId: ALICE }), SILENT)
})

test('the display name is asked for only by rulesets that use it', () => {
  const conditions = [{ kind: 'contains_display_name' }]
  const own = { underride: [{ id: 'named', enabled: true, actions: says('name'), conditions }] }
  const ruleset = compileRuleset({ own, defaults: {} })
  assert.equal(compileRuleset(NO_CHANGES).usesDisplayName, false)
  assert.equal(ruleset.usesDisplayName, true)
  assert.deepEqual(ruleset.evaluate(preparedEvent(), { userId: ALICE, displayName: 'Tea' }), heard('name'))
  assert.deepEqual(ruleset.evaluate(preparedEvent(), { userId: ALICE, displayName: 'Alice' }), HEARD)
})

test('one prepared event serves members with different rules', () => {
  const event = preparedEvent({
    content: { body: 'x', msgtype: 'm.text', 'm.mentions': { user_ids: [ALICE] } },
  })
  const outcomeFor = (userId: string) => compileRuleset(NO_CHANGES).evaluate(event, { userId })
  assert.equal(outcomeFor(ALICE).highlight, true)
  assert.equal(outcomeFor('@carol:example.org').highlight, false)
  assert.equal(outcomeFor(BOB).notify, false)
})

const conditions: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    kind: fc.constant('event_match'),
    key: fc.constantFrom('type', 'room_id', 'sender', 'content.body', 'content.msgtype', 'state_key'),
    pattern: fc.constantFrom('m.room.message', 'm.room.*', ROOM, '!*', BOB, 'tea', 'm.text', ''),
  }),
  fc.record({ kind: fc.constant('room_member_count'), is: fc.constantFrom('3', '<3', '>=2', 'many') }),
  fc.record({ kind: fc.constantFrom('org.example.unknown', 'contains_display_name') }),
)
const actions = fc.constantFrom<Action[]>([], ['notify'], says('a'), says('b'), [
  'notify',
  { set_tweak: 'highlight' },
])
const ownRules = (kind: RuleKind) =>
  fc.uniqueArray(
    fc.record({
      id: fc.constantFrom(ROOM, BOB, 'x', 'y', 'z'),
      enabled: fc.boolean(),
      actions,
      ...(kind === 'content' && { pattern: fc.constantFrom('tea', 't?a', 'te', '*') }),
      ...((kind === 'override' || kind === 'underride') && {
        conditions: fc.array(conditions, { maxLength: 3 }),
      }),
    }),
    { selector: (rule) => rule.id, maxLength: 4 },
  )
const changes: fc.Arbitrary<RuleChanges> = fc.record({
  own: fc.record({
    override: ownRules('override'),
    content: ownRules('content'),
    room: ownRules('room'),
    sender: ownRules('sender'),
    underride: ownRules('underride'),
  }),
  defaults: fc.dictionary(
    fc.constantFrom('.m.rule.master', '.m.rule.message', '.m.rule.suppress_notices'),
    fc.record({ enabled: fc.boolean(), actions }, { requiredKeys: [] }),
  ),
})

test('whatever the rules, the outcome is that of the first enabled rule shown which matches', () => {
  const events = fc.record({
    type: fc.constantFrom('m.room.message', 'm.room.encrypted', 'm.reaction', 'x'),
    content: fc.constantFrom({ body: 'tea', msgtype: 'm.text' }, { msgtype: 'm.notice', body: 'steam' }, {}),
  })
  fc.assert(
    fc.property(changes, events, (given, event) => {
      const actual = compileRuleset(given).evaluate(preparedEvent(event), { userId: ALICE })
      const decisive = RULE_KINDS.flatMap((kind) =>
        presentRuleset(given, ALICE)[kind].filter(
          (rule) => rule.enabled && matchesAsShown(kind, rule, event),
        ),
      )[0]
      assert.deepEqual(actual.notify, decisive?.actions.includes('notify') ?? false)
      const sound = decisive?.actions.find(
        (action) => typeof action === 'object' && action.set_tweak === 'sound',
      )
      assert.deepEqual(actual.sound, typeof sound === 'object' ? sound.value : undefined)
    }),
    { numRuns: 1_000 },
  )
})

function matchesAsShown(kind: RuleKind, rule: Rule, event: Partial<PushEvent>): boolean {
  const prepared = preparedEvent(event)
  const holds = (condition: Condition) => compileCondition(condition)(prepared, { userId: ALICE })
  if (kind === 'room') return rule.rule_id === prepared.roomId
  if (kind === 'sender') return rule.rule_id === prepared.sender
  if (kind === 'content')
    return holds({ kind: 'event_match', key: 'content.body', pattern: rule.pattern ?? '' })
  return (rule.conditions ?? []).every(holds)
}
