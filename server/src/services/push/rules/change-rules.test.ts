import assert from 'node:assert/strict'
import { test } from 'node:test'
import { amendRule, findRule, putRule, removeRule, withoutHistoricalActions } from './change-rules.ts'
import type { RuleKind } from './rule.ts'
import { NO_CHANGES, presentRuleset, type RuleChanges } from './ruleset.ts'
import { ALICE } from './testing.ts'

const rule = (id: string) => ({ id, actions: ['notify'], pattern: id })

/** Rules of the content kind with these ids, most important first. */
function withRules(...ids: string[]): RuleChanges {
  return { ...NO_CHANGES, own: { content: ids.map((id) => ({ ...rule(id), enabled: true })) } }
}

function idsOf(changes: RuleChanges | undefined, kind: RuleKind = 'content'): string[] | undefined {
  return changes && presentRuleset(changes, ALICE)[kind].map((shown) => shown.rule_id)
}

test('a new rule is the most important of its kind and enabled', () => {
  const changes = putRule(withRules('a', 'b'), 'content', rule('c'), {})
  assert.deepEqual(idsOf(changes), ['c', 'a', 'b'])
  assert.equal(changes?.own.content?.[0]?.enabled, true)
})

test('a new override rule stands below master and above the other default rules', () => {
  const changes = putRule(NO_CHANGES, 'override', { id: 'mine', actions: [], conditions: [] }, {})
  assert.deepEqual(idsOf(changes, 'override')?.slice(0, 3), [
    '.m.rule.master',
    'mine',
    '.m.rule.suppress_notices',
  ])
})

test('a rule is placed next to another of the user', () => {
  assert.deepEqual(idsOf(putRule(withRules('a', 'b'), 'content', rule('c'), { before: 'b' })), [
    'a',
    'c',
    'b',
  ])
  assert.deepEqual(idsOf(putRule(withRules('a', 'b'), 'content', rule('c'), { after: 'a' })), ['a', 'c', 'b'])
  assert.deepEqual(idsOf(putRule(withRules('a', 'b'), 'content', rule('c'), { after: 'b' })), ['a', 'b', 'c'])
})

test('with both neighbours given the rule goes right before the one named by before', () => {
  const placement = { before: 'c', after: 'a' }
  assert.deepEqual(idsOf(putRule(withRules('a', 'b', 'c'), 'content', rule('d'), placement)), [
    'a',
    'b',
    'd',
    'c',
  ])
})

test('a replaced rule keeps its place and whether it is enabled, and moves when asked', () => {
  const disabled = amendRule(withRules('a', 'b', 'c'), 'content', 'b', { enabled: false })
  assert.ok(disabled)
  const replaced = putRule(disabled, 'content', { id: 'b', actions: [], pattern: 'new' }, {})
  assert.deepEqual(replaced?.own.content?.[1], { id: 'b', actions: [], pattern: 'new', enabled: false })
  assert.deepEqual(idsOf(putRule(disabled, 'content', rule('b'), { before: 'a' })), ['b', 'a', 'c'])
  assert.deepEqual(idsOf(putRule(disabled, 'content', rule('a'), { after: 'b' })), ['b', 'a', 'c'])
})

test('no rule is placed next to one that is missing, default, of another kind, or itself', () => {
  for (const anchor of ['missing', '.m.rule.master', 'a']) {
    assert.equal(putRule(withRules('a'), 'content', rule('a'), { before: anchor }), undefined, anchor)
    assert.equal(putRule(withRules('a'), 'content', rule('a'), { after: anchor }), undefined, anchor)
  }
  assert.equal(putRule(withRules('a'), 'override', { id: 'x', actions: [] }, { before: 'a' }), undefined)
  assert.equal(
    putRule(NO_CHANGES, 'override', { id: 'x', actions: [] }, { after: '.m.rule.master' }),
    undefined,
  )
})

test('the rules of the user can be removed, default ones cannot', () => {
  assert.deepEqual(idsOf(removeRule(withRules('a', 'b'), 'content', 'a')), ['b'])
  assert.equal(removeRule(withRules('a'), 'content', 'b'), undefined)
  assert.equal(removeRule(withRules('a'), 'override', 'a'), undefined)
  assert.equal(removeRule(NO_CHANGES, 'override', '.m.rule.master'), undefined)
})

test('default rules are amended piece by piece', () => {
  const enabled = amendRule(NO_CHANGES, 'override', '.m.rule.master', { enabled: true })
  assert.ok(enabled)
  const both = amendRule(enabled, 'override', '.m.rule.master', { actions: ['notify'] })
  assert.ok(both)
  const shown = presentRuleset(both, ALICE).override[0]
  assert.deepEqual([shown?.enabled, shown?.actions], [true, ['notify']])
})

test('a rule that is not of the named kind is neither found nor amended', () => {
  assert.equal(findRule(withRules('a'), 'room', 'a'), undefined)
  assert.equal(amendRule(NO_CHANGES, 'underride', '.m.rule.master', { enabled: true }), undefined)
  assert.equal(amendRule(NO_CHANGES, 'override', '__proto__', { enabled: true }), undefined)
  assert.equal(findRule(NO_CHANGES, 'override', '.m.rule.master')?.origin, 'default')
})

test('actions of older versions are dropped and all others kept', () => {
  const kept = ['notify', { set_tweak: 'sound', value: 'x' }]
  assert.deepEqual(withoutHistoricalActions(['dont_notify', ...kept, 'coalesce']), kept)
})
