import type { Action, RuleKind } from './rule.ts'
import {
  type DefaultChange,
  type EffectiveRule,
  effectiveRules,
  type OwnRule,
  type RuleChanges,
} from './ruleset.ts'

/** Where a rule goes among the user's own of its kind. `before` wins when both are given. */
export type Placement = { readonly before?: string | undefined; readonly after?: string | undefined }

export function findRule(changes: RuleChanges, kind: RuleKind, ruleId: string): EffectiveRule | undefined {
  return effectiveRules(changes, kind).find((effective) => idOf(effective) === ruleId)
}

/**
 * Adds or replaces one of the user's rules. A new rule is enabled and, unless placed, the most
 * important of its kind; a replaced one keeps its place and stays as enabled as it was. Undefined
 * when the rule it is placed by is not among the user's rules of that kind
 * (https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3pushrulesglobalkindruleid).
 */
export function putRule(
  changes: RuleChanges,
  kind: RuleKind,
  rule: Omit<OwnRule, 'enabled'>,
  placement: Placement,
): RuleChanges | undefined {
  const own = changes.own[kind] ?? []
  const earlier = own.findIndex(({ id }) => id === rule.id)
  const enabled = own[earlier]?.enabled ?? true
  const others = own.filter(({ id }) => id !== rule.id)

  const anchor = placement.before ?? placement.after
  let index = Math.max(earlier, 0)
  if (anchor !== undefined) {
    const anchorIndex = others.findIndex(({ id }) => id === anchor)
    if (anchorIndex === -1) return undefined
    index = placement.before === undefined ? anchorIndex + 1 : anchorIndex
  }
  return withOwn(changes, kind, others.toSpliced(index, 0, { ...rule, enabled }))
}

/** Undefined when the user has no such rule; the server's own cannot be removed. */
export function removeRule(changes: RuleChanges, kind: RuleKind, ruleId: string): RuleChanges | undefined {
  const own = changes.own[kind] ?? []
  const others = own.filter(({ id }) => id !== ruleId)
  return others.length === own.length ? undefined : withOwn(changes, kind, others)
}

/** Changes whether a rule, the user's or a default one, is enabled or what it does. Undefined when there is none. */
export function amendRule(
  changes: RuleChanges,
  kind: RuleKind,
  ruleId: string,
  change: DefaultChange,
): RuleChanges | undefined {
  const found = findRule(changes, kind, ruleId)
  if (!found) return undefined
  if (found.origin === 'own') {
    const own = (changes.own[kind] ?? []).map((rule) => (rule.id === ruleId ? { ...rule, ...change } : rule))
    return withOwn(changes, kind, own)
  }
  return { ...changes, defaults: { ...changes.defaults, [ruleId]: { ...found.change, ...change } } }
}

/** `dont_notify` and `coalesce` of older versions are to be ignored, so they are not kept. */
export function withoutHistoricalActions(actions: readonly Action[]): Action[] {
  return actions.filter((action) => action !== 'dont_notify' && action !== 'coalesce')
}

function idOf(effective: EffectiveRule): string {
  return effective.origin === 'own' ? effective.id : effective.rule.id
}

function withOwn(changes: RuleChanges, kind: RuleKind, rules: readonly OwnRule[]): RuleChanges {
  return { ...changes, own: { ...changes.own, [kind]: rules } }
}
