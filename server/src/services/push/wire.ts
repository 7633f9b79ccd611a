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

/** https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3pushersset */
export const PusherBody = Type.Object({
  app_id: Type.String(),
  pushkey: Type.String(),
  kind: Type.Union([Type.String(), Type.Null()]),
  app_display_name: Type.Optional(Type.String()),
  device_display_name: Type.Optional(Type.String()),
  profile_tag: Type.Optional(Type.String()),
  lang: Type.Optional(Type.String()),
  data: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  append: Type.Optional(Type.Boolean()),
})
export type PusherBody = Static<typeof PusherBody>

export const AcknowledgeBody = Type.Object({ app_id: Type.String(), ack_token: Type.String() })
