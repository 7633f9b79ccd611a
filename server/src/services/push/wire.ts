import { type Static, Type } from 'typebox'
import { RULE_KINDS } from './rules/rule.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#push-rules-api */
export const RuleParams = Type.Object({
  kind: Type.Union(RULE_KINDS.map((kind) => Type.Literal(kind))),
  ruleId: Type.String({ minLength: 1 }),
})

export const RulePlacement = Type.Object({
  before: Type.Optional(Type.String()),
  after: Type.Optional(Type.String()),
})

export const Actions = Type.Array(Type.Union([Type.String(), Type.Record(Type.String(), Type.Unknown())]))

export const RuleBody = Type.Object({
  actions: Actions,
  conditions: Type.Optional(Type.Array(Type.Object({ kind: Type.String() }))),
  pattern: Type.Optional(Type.String()),
})
export type RuleBody = Static<typeof RuleBody>

export const EnabledBody = Type.Object({ enabled: Type.Boolean() })
export const ActionsBody = Type.Object({ actions: Actions })
