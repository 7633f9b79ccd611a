import { isJsonObject } from '../../../platform/json.ts'
import type { Pdu } from './pdu.ts'
import type { RoomVersion } from './room-versions.ts'

/** A place in the state of a room. */
export type StateKey = { type: string; stateKey: string }

/** What decides which events an event must cite. */
export type CitingEvent = Pick<Pdu, 'type' | 'sender' | 'state_key' | 'content'>

/**
 * The places in the room's state from which an event must cite its auth events, those that are filled, without
 * repetition.
 *
 * https://spec.matrix.org/v1.19/server-server-api/#auth-events-selection
 */
export function authEventKeys(version: RoomVersion, event: CitingEvent): StateKey[] {
  if (event.type === 'm.room.create') return []
  const keys: StateKey[] = version.roomIdFromCreateEvent ? [] : [{ type: 'm.room.create', stateKey: '' }]
  keys.push({ type: 'm.room.power_levels', stateKey: '' }, { type: 'm.room.member', stateKey: event.sender })
  if (event.type === 'm.room.member') addMembershipKeys(version, event, keys)
  return keys
}

/** The events to cite, found by a lookup in the state before the event. */
export function selectAuthEvents<Found>(
  version: RoomVersion,
  event: CitingEvent,
  find: (type: string, stateKey: string) => Found | undefined,
): Found[] {
  const selected: Found[] = []
  for (const { type, stateKey } of authEventKeys(version, event)) {
    const found = find(type, stateKey)
    if (found !== undefined) selected.push(found)
  }
  return selected
}

function addMembershipKeys(version: RoomVersion, event: CitingEvent, keys: StateKey[]): void {
  const membership = event.content['membership']
  if (event.state_key !== undefined) addMember(keys, event.state_key)

  if (membership === 'join' || membership === 'invite' || membership === 'knock') {
    keys.push({ type: 'm.room.join_rules', stateKey: '' })
  }
  if (membership === 'invite') {
    const token = thirdPartyToken(event)
    if (token !== undefined) keys.push({ type: 'm.room.third_party_invite', stateKey: token })
  }
  if (membership === 'join' && version.restrictedJoins) {
    const authoriser = event.content['join_authorised_via_users_server']
    if (typeof authoriser === 'string') addMember(keys, authoriser)
  }
}

function addMember(keys: StateKey[], userId: string): void {
  if (keys.some((key) => key.type === 'm.room.member' && key.stateKey === userId)) return
  keys.push({ type: 'm.room.member', stateKey: userId })
}

function thirdPartyToken(event: CitingEvent): string | undefined {
  const invite = event.content['third_party_invite']
  const signed = isJsonObject(invite) ? invite['signed'] : undefined
  const token = isJsonObject(signed) ? signed['token'] : undefined
  return typeof token === 'string' ? token : undefined
}
