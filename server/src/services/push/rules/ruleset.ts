import { DEFAULT_RULES, type DefaultRule, MASTER_RULE_ID } from './default-rules.ts'
import { type Action, type Condition, type ConditionTemplate, OWN_USER_ID, type RuleKind } from './rule.ts'

/** A rule as the API shows it. */
export type Rule = {
  rule_id: string
  default: boolean
  enabled: boolean
  actions: Action[]
  conditions?: Condition[]
  pattern?: string
}
export type Ruleset = { [kind in RuleKind]: Rule[] }

/** A rule the user made. `conditions` is there for override and underride rules, `pattern` for content rules. */
export type OwnRule = {
  readonly id: string
  readonly enabled: boolean
  readonly actions: readonly Action[]
  readonly conditions?: readonly Condition[]
  readonly pattern?: string
}
export type DefaultChange = { readonly enabled?: boolean; readonly actions?: readonly Action[] }

/**
 * All that is stored for a user: what differs from the defaults, so that a user who changed
 * nothing costs nothing and everybody gets a new default rule with the version that brings it.
 */
export type RuleChanges = {
  /** Most important first. */
  readonly own: { readonly [kind in RuleKind]?: readonly OwnRule[] }
  /** By rule id. */
  readonly defaults: { readonly [ruleId: string]: DefaultChange }
}
export const NO_CHANGES: RuleChanges = { own: {}, defaults: {} }

/** A rule that takes part in evaluation: one of the user's, or a default one with the user's changes on it. */
export type EffectiveRule =
  | ({ readonly origin: 'own' } & OwnRule)
  | { readonly origin: 'default'; readonly rule: DefaultRule; readonly change: DefaultChange }

/**
 * The rules of one kind, most important first. The user's rules outrank the server's, but for
 * `.m.rule.master`, which outranks everything
 * (https://spec.matrix.org/v1.19/client-server-api/#predefined-rules).
 */
export function effectiveRules(changes: RuleChanges, kind: RuleKind): EffectiveRule[] {
  const own = (changes.own[kind] ?? []).map((rule) => ({ origin: 'own', ...rule }) as const)
  const defaults = (DEFAULT_RULES[kind] ?? []).map(
    (rule) => ({ origin: 'default', rule, change: changes.defaults[rule.id] ?? {} }) as const,
  )
  const masters = defaults.filter(({ rule }) => rule.id === MASTER_RULE_ID)
  const others = defaults.filter(({ rule }) => rule.id !== MASTER_RULE_ID)
  return [...masters, ...own, ...others]
}

/** The user's complete ruleset as clients see it. */
export function presentRuleset(changes: RuleChanges, userId: string): Ruleset {
  const present = (kind: RuleKind) => effectiveRules(changes, kind).map((rule) => presentRule(rule, userId))
  return {
    override: present('override'),
    content: present('content'),
    room: present('room'),
    sender: present('sender'),
    underride: present('underride'),
  }
}

export function presentRule(effective: EffectiveRule, userId: string): Rule {
  if (effective.origin === 'default') {
    const { rule, change } = effective
    return {
      rule_id: rule.id,
      default: true,
      enabled: change.enabled ?? rule.enabled,
      actions: [...(change.actions ?? rule.actions)],
      conditions: rule.conditions.map((condition) => withUserId(condition, userId)),
    }
  }
  const { id, enabled, actions, conditions, pattern } = effective
  return {
    rule_id: id,
    default: false,
    enabled,
    actions: [...actions],
    ...(conditions && { conditions: [...conditions] }),
    ...(pattern !== undefined && { pattern }),
  }
}

function withUserId(template: ConditionTemplate, userId: string): Condition {
  const condition: Condition = { kind: template.kind }
  for (const [name, value] of Object.entries(template))
    condition[name] = value === OWN_USER_ID ? userId : value
  return condition
}
