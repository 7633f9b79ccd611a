import { type Action, type ConditionTemplate, OWN_USER_ID, type RuleKind } from './rule.ts'

export type DefaultRule = {
  readonly id: string
  readonly enabled: boolean
  readonly actions: readonly Action[]
  /** With `OWN_USER_ID` where a rule is about the user in whose ruleset it stands. */
  readonly conditions: readonly ConditionTemplate[]
}

export const MASTER_RULE_ID = '.m.rule.master'

const RING = { set_tweak: 'sound', value: 'ring' } as const
const DEFAULT_SOUND = { set_tweak: 'sound', value: 'default' } as const
const HIGHLIGHT = { set_tweak: 'highlight' } as const

/**
 * The predefined rules in the order of the specification, most important first
 * (https://spec.matrix.org/v1.19/client-server-api/#predefined-rules). The rules that looked for
 * mentions in the body went with v1.17.
 */
export const DEFAULT_RULES: { readonly [kind in RuleKind]?: readonly DefaultRule[] } = {
  override: [
    { ...rule(MASTER_RULE_ID, [], []), enabled: false },
    rule('.m.rule.suppress_notices', [match('content.msgtype', 'm.notice')], []),
    rule(
      '.m.rule.invite_for_me',
      [
        match('type', 'm.room.member'),
        match('content.membership', 'invite'),
        match('state_key', OWN_USER_ID),
      ],
      ['notify', DEFAULT_SOUND],
    ),
    rule('.m.rule.member_event', [match('type', 'm.room.member')], []),
    rule(
      '.m.rule.is_user_mention',
      [{ kind: 'event_property_contains', key: 'content.m\\.mentions.user_ids', value: OWN_USER_ID }],
      ['notify', DEFAULT_SOUND, HIGHLIGHT],
    ),
    rule(
      '.m.rule.is_room_mention',
      [
        { kind: 'event_property_is', key: 'content.m\\.mentions.room', value: true },
        { kind: 'sender_notification_permission', key: 'room' },
      ],
      ['notify', HIGHLIGHT],
    ),
    rule(
      '.m.rule.tombstone',
      [match('type', 'm.room.tombstone'), match('state_key', '')],
      ['notify', HIGHLIGHT],
    ),
    rule('.m.rule.reaction', [match('type', 'm.reaction')], []),
    rule('.m.rule.room.server_acl', [match('type', 'm.room.server_acl'), match('state_key', '')], []),
    rule(
      '.m.rule.suppress_edits',
      [{ kind: 'event_property_is', key: 'content.m\\.relates_to.rel_type', value: 'm.replace' }],
      [],
    ),
  ],
  underride: [
    rule('.m.rule.call', [match('type', 'm.call.invite')], ['notify', RING]),
    rule(
      '.m.rule.encrypted_room_one_to_one',
      [{ kind: 'room_member_count', is: '2' }, match('type', 'm.room.encrypted')],
      ['notify', DEFAULT_SOUND],
    ),
    rule(
      '.m.rule.room_one_to_one',
      [{ kind: 'room_member_count', is: '2' }, match('type', 'm.room.message')],
      ['notify', DEFAULT_SOUND],
    ),
    rule('.m.rule.message', [match('type', 'm.room.message')], ['notify']),
    rule('.m.rule.encrypted', [match('type', 'm.room.encrypted')], ['notify']),
  ],
}

function rule(id: string, conditions: readonly ConditionTemplate[], actions: readonly Action[]): DefaultRule {
  return { id, enabled: true, actions, conditions }
}

function match(key: string, pattern: string | typeof OWN_USER_ID): ConditionTemplate {
  return { kind: 'event_match', key, pattern }
}
