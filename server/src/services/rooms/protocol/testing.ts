import assert from 'node:assert/strict'
import type { JsonObject } from '../../../platform/json.ts'
import { createSigningKey } from '../../../platform/signed-json/signing.ts'
import { selectAuthEvents } from './auth-events.ts'
import { type AuthorisationContext, authoriseEvent, type Verdict } from './authorise-event.ts'
import { type EventDraft, type EventPlace, placeEvent, signEvent } from './build-event.ts'
import type { RoomEvent, UnsignedPdu } from './pdu.ts'
import type { RoomVersion } from './room-versions.ts'

export const creator = '@creator:here.example'
export const alice = '@alice:here.example'
export const bob = '@bob:here.example'
export const stranger = '@stranger:there.example'

/** What a test says about an event; the room it goes to is known. */
export type TestDraft = Omit<EventDraft, 'roomId' | 'content'> & { content?: JsonObject }

/** Departures from what a well-behaved server would do. */
export type Departures = {
  place?: Partial<EventPlace>
  event?: Partial<UnsignedPdu>
  context?: Partial<AuthorisationContext>
}

export type TestRoom = ReturnType<typeof emptyRoom>

const signer = { serverName: 'here.example', key: createSigningKey('1', new Uint8Array(32)) }

/** A room on one server with one line of events, kept in memory, judged by the real rules. */
export function emptyRoom(version: RoomVersion) {
  const state = new Map<string, RoomEvent>()
  const events: RoomEvent[] = []
  let createEvent: RoomEvent | undefined

  function find(type: string, stateKey: string): RoomEvent | undefined {
    return state.get(`${type}|${stateKey}`)
  }

  function place(draft: TestDraft, departures: Departures = {}): UnsignedPdu {
    const foundsRoom = draft.type === 'm.room.create' && version.roomIdFromCreateEvent
    const full = { content: {}, ...draft }
    const citing = { ...full, ...(draft.stateKey !== undefined && { state_key: draft.stateKey }) }
    const usual = {
      prevEvents: events.slice(-1).map((event) => event.eventId),
      authEvents: selectAuthEvents(version, citing, find).map((event) => event.eventId),
      depth: events.length + 1,
      originServerTs: 1_700_000_000_000 + events.length,
    }
    const roomId = createEvent?.roomId ?? '!room:here.example'
    const placed = placeEvent(version, foundsRoom ? full : { ...full, roomId }, {
      ...usual,
      ...departures.place,
    })
    return { ...placed, ...departures.event }
  }

  function judgePlaced(placed: UnsignedPdu, departures: Departures = {}): Verdict {
    return authoriseEvent(version, placed, {
      authEvents: events
        .filter((event) => placed.auth_events.includes(event.eventId))
        .map((event) => ({ ...event, rejected: false })),
      state: (type, stateKey) => find(type, stateKey)?.pdu,
      createEventId: createEvent?.eventId,
      isSignedBy: (serverName) => serverName === signer.serverName,
      ...departures.context,
    })
  }

  /** The verdict on an event that would come next. */
  function judge(draft: TestDraft, departures: Departures = {}): Verdict {
    return judgePlaced(place(draft, departures), departures)
  }

  /** Adds an event without asking the rules, as a room may hold from a time before them. */
  function force(draft: TestDraft): RoomEvent {
    const event = signEvent(version, place(draft), signer)
    createEvent ??= event
    events.push(event)
    if (draft.stateKey !== undefined) state.set(`${draft.type}|${draft.stateKey}`, event)
    return event
  }

  /** Adds an event that the rules must allow. */
  function send(draft: TestDraft): RoomEvent {
    assert.deepEqual(judge(draft), { allowed: true }, `${draft.type} by ${draft.sender}`)
    return force(draft)
  }

  return { version, events, find, place, judge, judgePlaced, force, send }
}

/** A room just founded by the creator, who has joined it. */
export function foundedRoom(version: RoomVersion, createContent: JsonObject = {}): TestRoom {
  const room = emptyRoom(version)
  room.send(create(version, createContent))
  room.send(member(creator, creator, 'join'))
  return room
}

/** A founded room with this join rule, where alice has joined, and the power levels given beside the usual. */
export function populatedRoom(
  version: RoomVersion,
  { joinRule = 'invite', levels = {} }: { joinRule?: string; levels?: JsonObject } = {},
): TestRoom {
  const room = foundedRoom(version)
  room.send(powerLevels(creator, { users: usersWith(version, {}), ...levels }))
  room.send(joinRules('public'))
  room.send(member(alice, alice, 'join'))
  room.send(joinRules(joinRule))
  return room
}

/** `users` of the power levels with the creator at 100, where the version does not forbid to say so. */
export function usersWith(version: RoomVersion, users: JsonObject): JsonObject {
  return version.privilegedCreators ? users : { [creator]: 100, ...users }
}

export function create(version: RoomVersion, content: JsonObject = {}): TestDraft {
  const creatorField = version.creatorInContent ? { creator } : {}
  return {
    type: 'm.room.create',
    sender: creator,
    stateKey: '',
    content: { room_version: version.id, ...creatorField, ...content },
  }
}

export function member(
  sender: string,
  target: string,
  membership: string,
  content: JsonObject = {},
): TestDraft {
  return { type: 'm.room.member', sender, stateKey: target, content: { membership, ...content } }
}

export function joinRules(rule: string): TestDraft {
  return { type: 'm.room.join_rules', sender: creator, stateKey: '', content: { join_rule: rule } }
}

export function powerLevels(sender: string, content: JsonObject): TestDraft {
  return { type: 'm.room.power_levels', sender, stateKey: '', content }
}

export function message(sender: string, body = 'hello'): TestDraft {
  return { type: 'm.room.message', sender, content: { msgtype: 'm.text', body } }
}

export function assertAllowed(verdict: Verdict): void {
  assert.deepEqual(verdict, { allowed: true })
}

/** The reason is part of what a test claims, so that no event is refused for something else by accident. */
export function assertRefused(verdict: Verdict, reason: RegExp): void {
  assert.equal(verdict.allowed, false, `expected a refusal: ${reason}`)
  assert.match(verdict.allowed ? '' : verdict.reason, reason)
}
