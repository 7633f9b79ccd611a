import { containsPhrase, fold, matchWhole, matchWords } from './glob.ts'
import { type PreparedEvent, type PropertyPath, parsePath } from './prepared-event.ts'
import { type ConditionTemplate, OWN_USER_ID } from './rule.ts'

/** The user for whom an event is judged. */
export type Member = {
  readonly userId: string
  /** As shown in the room. Only rules with `contains_display_name` look at it. */
  readonly displayName?: string | undefined
}

export type Matcher = (event: PreparedEvent, member: Member) => boolean

/**
 * A condition as a function. A condition of unknown kind, or with parameters that mean nothing,
 * matches no event (https://spec.matrix.org/v1.19/client-server-api/#conditions-1).
 */
export function compileCondition(condition: ConditionTemplate): Matcher {
  switch (condition.kind) {
    case 'event_match':
      return eventMatch(condition)
    case 'event_property_is':
      return eventPropertyIs(condition)
    case 'event_property_contains':
      return eventPropertyContains(condition)
    case 'contains_display_name':
      return containsDisplayName
    case 'room_member_count':
      return roomMemberCount(condition)
    case 'sender_notification_permission':
      return senderNotificationPermission(condition)
    default:
      return never
  }
}

export const BODY: PropertyPath = parsePath('content.body')

function never(): boolean {
  return false
}

function eventMatch({ key, pattern }: ConditionTemplate): Matcher {
  if (typeof key !== 'string') return never
  const path = parsePath(key)
  if (pattern === OWN_USER_ID) return (event, { userId }) => event.text(path) === fold(userId)
  if (typeof pattern !== 'string') return never
  const matches = key === BODY.key ? matchWords(pattern) : matchWhole(pattern)
  return (event) => {
    const text = event.text(path)
    return text !== undefined && matches(text)
  }
}

function eventPropertyIs({ key, value }: ConditionTemplate): Matcher {
  if (typeof key !== 'string' || !isComparable(value)) return never
  const path = parsePath(key)
  return (event) => event.value(path) === value
}

function eventPropertyContains({ key, value }: ConditionTemplate): Matcher {
  if (typeof key !== 'string' || !(isComparable(value) || value === OWN_USER_ID)) return never
  const path = parsePath(key)
  return (event, { userId }) => {
    const values = event.value(path)
    return Array.isArray(values) && values.includes(value === OWN_USER_ID ? userId : value)
  }
}

/** What canonical JSON can hold without being compound: no fraction and no integer beyond 2^53 - 1. */
function isComparable(value: unknown): boolean {
  return (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isSafeInteger(value))
  )
}

/**
 * The specification says "contains" and no more. Names are looked for between word boundaries, as
 * clients do when they decide the same for an encrypted event, so that Al is not woken by "also".
 */
function containsDisplayName(event: PreparedEvent, { displayName }: Member): boolean {
  const text = event.text(BODY)
  return (
    text !== undefined && displayName !== undefined && displayName !== '' && containsPhrase(text, displayName)
  )
}

function roomMemberCount({ is }: ConditionTemplate): Matcher {
  const [, operator = '==', digits] = (typeof is === 'string' && /^(==|<=|>=|<|>)?([0-9]+)$/.exec(is)) || []
  if (digits === undefined) return never
  const count = Number(digits)
  switch (operator) {
    case '<':
      return ({ room }) => room.memberCount < count
    case '<=':
      return ({ room }) => room.memberCount <= count
    case '>':
      return ({ room }) => room.memberCount > count
    case '>=':
      return ({ room }) => room.memberCount >= count
    default:
      return ({ room }) => room.memberCount === count
  }
}

function senderNotificationPermission({ key }: ConditionTemplate): Matcher {
  if (typeof key !== 'string') return never
  return ({ room, sender }) => room.mayNotify(sender, key)
}
