import { isJsonObject, type JsonObject, type JsonValue, ownValue } from '../../../../platform/json.ts'
import { isUserId } from '../identifiers.ts'
import { readLevel } from '../power-levels.ts'
import type { RoomVersion } from '../room-versions.ts'
import { allowed, type RuleInput, refused, type Verdict } from './verdict.ts'

/** Rule 9 of version 11: nobody may grant, take or shape more power than they have. Numbers are of version 11. */
export function authorisePowerLevels(input: RuleInput): Verdict {
  const { version, event, levels, senderLevel } = input
  const proposed = event.content
  const malformation = malformationOf(version, proposed)
  if (malformation !== undefined) return refused(malformation)

  // 10.4 of version 12
  if (version.privilegedCreators && levels.creators.some((creator) => hasEntry(proposed, creator))) {
    return refused('The power levels must not name a creator of the room.')
  }
  // 9.4
  if (levels.content === undefined) return allowed

  return (
    refusedProperty(version, levels.content, proposed, senderLevel) ??
    refusedEntry(version, levels.content, proposed, senderLevel) ??
    refusedUser(version, levels.content, proposed, senderLevel, event.sender) ??
    allowed
  )
}

const levelProperties = [
  'users_default',
  'events_default',
  'state_default',
  'ban',
  'redact',
  'kick',
  'invite',
] as const

/**
 * 9.1 to 9.3. Versions 3 to 9 demand readable values for `users` only, but no comparison with an unreadable one
 * means anything, so they are refused everywhere.
 */
function malformationOf(version: RoomVersion, content: JsonObject): string | undefined {
  for (const property of levelProperties) {
    const value = content[property]
    if (value !== undefined && readLevel(version, value) === undefined)
      return `${property} is not a power level.`
  }
  for (const property of ['events', 'notifications', 'users']) {
    const entries = content[property]
    if (entries === undefined) continue
    if (!isJsonObject(entries)) return `${property} is not an object.`
    if (!Object.values(entries).every((value) => readLevel(version, value) !== undefined)) {
      return `${property} holds a value that is not a power level.`
    }
  }
  const users = content['users']
  if (isJsonObject(users) && !Object.keys(users).every(isUserId))
    return 'users holds a key that is not a user id.'
  return undefined
}

function hasEntry(content: JsonObject, userId: string): boolean {
  const users = content['users']
  return isJsonObject(users) && Object.hasOwn(users, userId)
}

/** 9.5 */
function refusedProperty(
  version: RoomVersion,
  current: JsonObject,
  proposed: JsonObject,
  senderLevel: number,
): Verdict | undefined {
  for (const property of levelProperties) {
    const before = readLevel(version, current[property])
    const after = readLevel(version, proposed[property])
    if (before === after) continue
    if (isAbove(before, senderLevel))
      return refused(`The current ${property} is above the sender's power level.`)
    if (isAbove(after, senderLevel)) return refused(`The new ${property} is above the sender's power level.`)
  }
  return undefined
}

/** 9.6 and 9.7 */
function refusedEntry(
  version: RoomVersion,
  current: JsonObject,
  proposed: JsonObject,
  senderLevel: number,
): Verdict | undefined {
  for (const property of version.notificationLevelsGuarded ? ['events', 'notifications'] : ['events']) {
    for (const [, before, after] of changes(version, current[property], proposed[property])) {
      if (isAbove(before, senderLevel))
        return refused(`A current level in ${property} is above the sender's.`)
      if (isAbove(after, senderLevel)) return refused(`A new level in ${property} is above the sender's.`)
    }
  }
  return undefined
}

/** 9.8 and 9.9 */
function refusedUser(
  version: RoomVersion,
  current: JsonObject,
  proposed: JsonObject,
  senderLevel: number,
  sender: string,
): Verdict | undefined {
  for (const [userId, before, after] of changes(version, current['users'], proposed['users'])) {
    if (userId !== sender && before !== undefined && before >= senderLevel) {
      return refused("The current level of another user is not below the sender's.")
    }
    if (isAbove(after, senderLevel)) return refused("A user's new level is above the sender's.")
  }
  return undefined
}

type Change = [key: string, before: number | undefined, after: number | undefined]

/** The entries added, changed or removed; undefined stands for absence. */
function* changes(
  version: RoomVersion,
  current: JsonValue | undefined,
  proposed: JsonValue | undefined,
): Generator<Change> {
  const before = isJsonObject(current) ? current : {}
  const after = isJsonObject(proposed) ? proposed : {}
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const levelBefore = readLevel(version, ownValue(before, key))
    const levelAfter = readLevel(version, ownValue(after, key))
    if (levelBefore !== levelAfter) yield [key, levelBefore, levelAfter]
  }
}

function isAbove(level: number | undefined, senderLevel: number): boolean {
  return level !== undefined && level > senderLevel
}
