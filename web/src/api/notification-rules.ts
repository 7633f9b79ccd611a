import { ClientEvent, type MatrixClient, PushRuleKind } from 'matrix-js-sdk'
import { useClient } from './client-context.ts'
import { useChanges } from './use-changes.ts'

/** What a person decides about, in their own words, and the push rules that stand behind each. */
const rules = {
  direct: [
    [PushRuleKind.Underride, '.m.rule.room_one_to_one'],
    [PushRuleKind.Underride, '.m.rule.encrypted_room_one_to_one'],
  ],
  groups: [
    [PushRuleKind.Underride, '.m.rule.message'],
    [PushRuleKind.Underride, '.m.rule.encrypted'],
  ],
  mentions: [[PushRuleKind.Override, '.m.rule.is_user_mention']],
  invitations: [[PushRuleKind.Override, '.m.rule.invite_for_me']],
  calls: [[PushRuleKind.Underride, '.m.rule.call']],
} as const

export type NotificationTopic = keyof typeof rules
export const notificationTopics = Object.keys(rules) as readonly NotificationTopic[]

const masterRule = '.m.rule.master'
const events = [ClientEvent.AccountData] as const

export type NotificationWishes = { all: boolean } & Record<NotificationTopic, boolean>

/** https://spec.matrix.org/v1.19/client-server-api/#predefined-rules */
export function useNotificationWishes(): NotificationWishes {
  const client = useClient()
  useChanges(client, events)
  const wishes = Object.fromEntries(
    notificationTopics.map((topic) => [
      topic,
      rules[topic].every(([kind, id]) => isOn(client, kind, id) !== false),
    ]),
  ) as Record<NotificationTopic, boolean>
  return { ...wishes, all: isOn(client, PushRuleKind.Override, masterRule) !== true }
}

export async function wishNotifications(
  client: MatrixClient,
  topic: NotificationTopic | 'all',
  wanted: boolean,
): Promise<void> {
  if (topic === 'all') await client.setPushRuleEnabled('global', PushRuleKind.Override, masterRule, !wanted)
  else for (const [kind, id] of rules[topic]) await client.setPushRuleEnabled('global', kind, id, wanted)
}

/** `undefined` where the account has no such rule. */
function isOn(client: MatrixClient, kind: PushRuleKind, id: string): boolean | undefined {
  return client.pushRules?.global[kind]?.find((rule) => rule.rule_id === id)?.enabled
}
