import type { JsonValue } from '../../../platform/json.ts'

/** The kinds of rule, in the order in which they are tried (https://spec.matrix.org/v1.19/client-server-api/#push-rules). */
export const RULE_KINDS = ['override', 'content', 'room', 'sender', 'underride'] as const
export type RuleKind = (typeof RULE_KINDS)[number]

/** A tweak passes through untouched: its value is whatever the client and its push gateway agreed on. */
export type Tweak = { set_tweak: string; value?: JsonValue }
export type Action = string | Tweak

/** Stored and shown as the client wrote it; what a condition of unknown shape means is decided where it is compiled. */
export type Condition = { kind: string; [parameter: string]: JsonValue }

/** Stands in a default rule where the specification writes "[the user's Matrix ID]". Never part of what users send. */
export const OWN_USER_ID = Symbol("the user's Matrix ID")

/** A condition of a default rule, for any user. */
export type ConditionTemplate = {
  readonly kind: string
  readonly [parameter: string]: JsonValue | typeof OWN_USER_ID
}
