import { refuse } from '../refusals.ts'
import { type Placement, putRule, withoutHistoricalActions } from '../rules/change-rules.ts'
import type { Action, Condition, RuleKind } from '../rules/rule.ts'
import type { OwnRule, RuleChanges } from '../rules/ruleset.ts'

export type RuleRequest = {
  readonly actions: readonly unknown[]
  readonly conditions?: readonly Condition[] | undefined
  readonly pattern?: string | undefined
}

/**
 * The change that adds or replaces one of a person's rules; throws the refusals of a rule that cannot be
 * (https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3pushrulesglobalkindruleid).
 */
export function ruleToPut(
  kind: RuleKind,
  ruleId: string,
  request: RuleRequest,
  placement: Placement,
): (changes: RuleChanges) => RuleChanges {
  if (ruleId.startsWith('.')) throw refuse('push.rule_id_reserved')
  if (/[/\\]/.test(ruleId)) throw refuse('push.rule_id_invalid')
  if (kind === 'content' && request.pattern === undefined) throw refuse('push.pattern_missing')
  const rule: Omit<OwnRule, 'enabled'> = {
    id: ruleId,
    actions: readActions(request.actions),
    ...(kind === 'content' && request.pattern !== undefined && { pattern: request.pattern }),
    ...((kind === 'override' || kind === 'underride') && { conditions: request.conditions ?? [] }),
  }
  return (changes) => {
    const changed = putRule(changes, kind, rule, placement)
    if (changed) return changed
    const neighbour = placement.before ?? placement.after
    throw refuse('push.neighbour_unknown', `before/after rule not found: ${neighbour}`)
  }
}

/** https://spec.matrix.org/v1.19/client-server-api/#actions */
export function readActions(actions: readonly unknown[]): Action[] {
  if (!actions.every(isAction)) throw refuse('push.action_unknown')
  return withoutHistoricalActions(actions)
}

function isAction(action: unknown): action is Action {
  if (typeof action === 'string') return ['notify', 'dont_notify', 'coalesce'].includes(action)
  return (
    typeof action === 'object' &&
    action !== null &&
    'set_tweak' in action &&
    typeof action.set_tweak === 'string'
  )
}
