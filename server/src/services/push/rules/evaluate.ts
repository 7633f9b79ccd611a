import { BODY, compileCondition, type Matcher, type Member } from './conditions.ts'
import { DEFAULT_RULES, type DefaultRule } from './default-rules.ts'
import { fold, matchWords } from './glob.ts'
import type { PreparedEvent } from './prepared-event.ts'
import { type Action, type ConditionTemplate, RULE_KINDS } from './rule.ts'
import { type EffectiveRule, effectiveRules, type OwnRule, type RuleChanges } from './ruleset.ts'

/** What an event does to a user. Only an event that notifies is ever highlighted or heard. */
export type Outcome = { readonly notify: boolean; readonly highlight: boolean; readonly sound?: string }

export const SILENT: Outcome = { notify: false, highlight: false }

export type CompiledRuleset = {
  /** Whether `member.displayName` matters, so that it need not be looked up when it does not. */
  readonly usesDisplayName: boolean
  /** Whether the user's own rules ask what senders may do, not just the default one about mentions of the room. */
  readonly usesPermission: boolean
  evaluate(event: PreparedEvent, member: Member): Outcome
}

/**
 * Turns a user's rules into a function of an event: the outcome of the first enabled rule that
 * matches (https://spec.matrix.org/v1.19/client-server-api/#push-rules). Silent for events of the
 * user's own and for redacted ones.
 *
 * Rules with the usual literal conditions on type and room are skipped without calling anything.
 * What is compiled from the default rules is shared among all rulesets, and one ruleset serves all users
 * with the same changes: the user is given with the event.
 */
export function compileRuleset(changes: RuleChanges): CompiledRuleset {
  const [override, content, room, sender, underride] = RULE_KINDS.map((kind) =>
    effectiveRules(changes, kind).filter(isEnabled),
  )
  const conditional = (rules: EffectiveRule[] = []) => rules.map(compileRule)
  const first = conditional(override)
  const patterns = ownRules(content).map(compileContentRule)
  const rooms = outcomesById(ownRules(room))
  const senders = outcomesById(ownRules(sender))
  const last = conditional(underride)

  return {
    usesDisplayName: ownConditions(changes).has('contains_display_name'),
    usesPermission: ownConditions(changes).has('sender_notification_permission'),
    evaluate(event, member) {
      if (event.isRedacted || event.sender === member.userId) return SILENT
      return (
        firstMatch(first, event, member) ??
        firstMatch(patterns, event, member) ??
        rooms.get(event.roomId) ??
        senders.get(event.sender) ??
        firstMatch(last, event, member) ??
        SILENT
      )
    },
  }
}

type CompiledRule = {
  /** Folded values the event's own must equal, where conditions say so literally. */
  readonly type: string | undefined
  readonly roomId: string | undefined
  readonly matchers: readonly Matcher[]
  readonly outcome: Outcome
}

function firstMatch(
  rules: readonly CompiledRule[],
  event: PreparedEvent,
  member: Member,
): Outcome | undefined {
  for (const rule of rules) {
    if (rule.type !== undefined && rule.type !== event.foldedType) continue
    if (rule.roomId !== undefined && rule.roomId !== event.foldedRoomId) continue
    if (allMatch(rule.matchers, event, member)) return rule.outcome
  }
  return undefined
}

function allMatch(matchers: readonly Matcher[], event: PreparedEvent, member: Member): boolean {
  for (const matches of matchers) {
    if (!matches(event, member)) return false
  }
  return true
}

/** The kinds of condition in a user's own rules. */
function ownConditions(changes: RuleChanges): ReadonlySet<string> {
  const rules = RULE_KINDS.flatMap((kind) => changes.own[kind] ?? [])
  return new Set(rules.flatMap(({ conditions = [] }) => conditions.map(({ kind }) => kind)))
}

function isEnabled(rule: EffectiveRule): boolean {
  return rule.origin === 'own' ? rule.enabled : (rule.change.enabled ?? rule.rule.enabled)
}

function ownRules(rules: readonly EffectiveRule[] = []): OwnRule[] {
  return rules.filter((rule) => rule.origin === 'own')
}

function compileRule(effective: EffectiveRule): CompiledRule {
  if (effective.origin === 'own')
    return compileConditions(effective.conditions ?? [], outcomeOf(effective.actions))
  const { rule, change } = effective
  const shared = sharedRules.get(rule) ?? compileConditions(rule.conditions, outcomeOf(rule.actions))
  return change.actions ? { ...shared, outcome: outcomeOf(change.actions) } : shared
}

function compileConditions(conditions: readonly ConditionTemplate[], outcome: Outcome): CompiledRule {
  const type = conditions.find((condition) => isLiteral(condition, 'type'))
  const roomId = conditions.find((condition) => isLiteral(condition, 'room_id'))
  const others = conditions.filter((condition) => condition !== type && condition !== roomId)
  return {
    type: foldedPattern(type),
    roomId: foldedPattern(roomId),
    matchers: others.map(compileCondition),
    outcome,
  }
}

function isLiteral({ kind, key, pattern }: ConditionTemplate, wantedKey: string): boolean {
  return kind === 'event_match' && key === wantedKey && typeof pattern === 'string' && !/[*?]/.test(pattern)
}

function foldedPattern(condition: ConditionTemplate | undefined): string | undefined {
  return typeof condition?.['pattern'] === 'string' ? fold(condition['pattern']) : undefined
}

function compileContentRule(rule: OwnRule): CompiledRule {
  const matches = matchWords(rule.pattern ?? '')
  const matcher: Matcher = (event) => {
    const text = event.text(BODY)
    return text !== undefined && matches(text)
  }
  const outcome = outcomeOf(rule.actions)
  return { type: undefined, roomId: undefined, matchers: [matcher], outcome }
}

/** Room and sender rules are about one room or sender each, so at most one of them can match. */
function outcomesById(rules: readonly OwnRule[]): ReadonlyMap<string, Outcome> {
  return new Map(rules.map((rule) => [rule.id, outcomeOf(rule.actions)]))
}

/** https://spec.matrix.org/v1.19/client-server-api/#actions; what it does not define, such as `dont_notify`, does nothing. */
function outcomeOf(actions: readonly Action[]): Outcome {
  if (!actions.includes('notify')) return SILENT
  let highlight = false
  let sound: string | undefined
  for (const action of actions) {
    if (typeof action === 'string') continue
    if (action.set_tweak === 'highlight') highlight = (action.value ?? true) === true
    if (action.set_tweak === 'sound' && typeof action.value === 'string') sound = action.value
  }
  return { notify: true, highlight, ...(sound !== undefined && { sound }) }
}

const sharedRules: ReadonlyMap<DefaultRule, CompiledRule> = new Map(
  Object.values(DEFAULT_RULES)
    .flat()
    .map((rule) => [rule, compileConditions(rule.conditions, outcomeOf(rule.actions))]),
)
