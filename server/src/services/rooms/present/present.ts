import type { Clock } from '../../../platform/clock.ts'
import type { JsonObject, JsonValue } from '../../../platform/json.ts'
import type { AccountData } from '../../account-data/api.ts'
import type { ClientEvent, TimelineEvent, Viewer } from '../api.ts'
import { type PerspectiveDeps, perspectivesOn } from '../operations/perspectives.ts'
import { findEvents } from '../operations/read-timeline.ts'
import { membershipAt, type Perspective, sees } from '../state/perspective.ts'
import type { RecentEvents } from '../timeline/recent-events.ts'
import { type Aggregation, aggregate } from './aggregate.ts'
import { clientEvent, clientEventJson } from './client-event.ts'
import { type Erasures, withoutErased } from './erasures.ts'

export type PresentDeps = PerspectiveDeps & {
  clock: Clock
  recent: RecentEvents
  accountData: Pick<AccountData, 'ignoredUsers'>
  erasures: Erasures
}

export type PresentOptions = { withRoomId?: boolean; bundle?: boolean }

/** Events as clients get them. https://spec.matrix.org/v1.19/client-server-api/#room-event-format */
export async function present(
  deps: PresentDeps,
  given: readonly TimelineEvent[],
  viewer: Viewer,
  options: PresentOptions = {},
): Promise<ClientEvent[]> {
  const events = await withoutErased(deps, viewer.userId, given)
  const unsigned = await unsignedParts(deps, events, viewer, options)
  return events.map((event, index) => assemble(event, unsigned[index], options.withRoomId))
}

/** `present` as JSON text: what is the same for all viewers is made into text only once per event. */
export async function presentJson(
  deps: PresentDeps,
  given: readonly TimelineEvent[],
  viewer: Viewer,
  options: PresentOptions = {},
): Promise<string[]> {
  const events = await withoutErased(deps, viewer.userId, given)
  const unsigned = await unsignedParts(deps, events, viewer, options)
  return events.map((event, index) => {
    const roomId = options.withRoomId ? `"room_id":${JSON.stringify(event.roomId)},` : ''
    return `{${roomId}"unsigned":${JSON.stringify(unsigned[index])},${clientEventJson(event).slice(1)}`
  })
}

function assemble(
  event: TimelineEvent,
  unsigned: JsonObject | undefined,
  withRoomId: boolean | undefined,
): ClientEvent {
  return {
    ...clientEvent(event),
    ...(withRoomId && { room_id: event.roomId }),
    ...(unsigned && { unsigned }),
  }
}

/** What the `unsigned` of several events is made from. */
type Surroundings = {
  nowMs: number
  viewer: Viewer
  withRoomId: boolean | undefined
  /** Replaced state events and redactions, by room id and event id. */
  others: ReadonlyMap<string, TimelineEvent>
  perspectives: ReadonlyMap<string, Perspective>
  relations: ReadonlyMap<string, JsonObject>
}

async function unsignedParts(
  deps: PresentDeps,
  events: readonly TimelineEvent[],
  viewer: Viewer,
  { withRoomId, bundle }: PresentOptions,
): Promise<JsonObject[]> {
  const referred = events.flatMap(({ roomId, replacesState, redactedBy }) =>
    [replacesState, redactedBy].flatMap((eventId) => (eventId === undefined ? [] : [{ roomId, eventId }])),
  )
  const others = await withoutErased(deps, viewer.userId, await findEvents(deps, referred))
  const perspectives = await perspectivesOn(deps, viewer.userId, [...events, ...others])
  const surroundings = {
    nowMs: deps.clock.now(),
    viewer,
    withRoomId,
    others: new Map(others.map((event) => [otherKey(event.roomId, event.eventId), event])),
    perspectives,
  }
  const relations = bundle
    ? await bundleRelations(deps, events, { ...surroundings, relations: new Map() })
    : new Map()
  return events.map((event) => unsignedOf(event, { ...surroundings, relations }))
}

function unsignedOf(event: TimelineEvent, surroundings: Surroundings): JsonObject {
  const { roomId, eventId, replacesState, redactedBy, transaction, originServerTs } = event
  const { nowMs, viewer, others, perspectives, relations, withRoomId } = surroundings
  const perspective = perspectives.get(roomId)
  const previous = replacesState === undefined ? undefined : others.get(otherKey(roomId, replacesState))
  const redaction = redactedBy === undefined ? undefined : others.get(otherKey(roomId, redactedBy))
  const bundled = relations.get(eventId)
  return {
    age: nowMs - originServerTs,
    ...(perspective && { membership: membershipAt(perspective, event.position) }),
    ...(transaction && transaction.sessionId === viewer.sessionId && { transaction_id: transaction.txnId }),
    ...(replacesState !== undefined && { replaces_state: replacesState }),
    ...(previous && perspective && sees(perspective, previous) && { prev_content: previous.content }),
    ...(redaction && {
      redacted_because: assemble(redaction, { age: nowMs - redaction.originServerTs }, withRoomId),
    }),
    ...(bundled && { 'm.relations': bundled }),
  }
}

/** `m.relations` by event id, for those of the events that have children. */
async function bundleRelations(
  deps: PresentDeps,
  events: readonly TimelineEvent[],
  surroundings: Surroundings,
): Promise<Map<string, JsonObject>> {
  const { viewer, perspectives, withRoomId } = surroundings
  const ignored = await deps.accountData.ignoredUsers(viewer.userId)
  const parents = events.filter(({ stateKey }) => stateKey === undefined)
  const aggregations = await aggregate(deps.db, parents, { userId: viewer.userId, ignored, perspectives })
  const replacements = [...aggregations.values()].flatMap(({ replacement }) => replacement ?? [])
  const edits = new Map(
    (await withoutErased(deps, viewer.userId, replacements)).map((event) => [event.eventId, event]),
  )

  const latest = [...aggregations.values()].flatMap(({ thread }) => thread?.latest ?? [])
  // An event inside a thread cannot be the root of another, so this goes no deeper than one level.
  const threaded =
    latest.length === 0
      ? []
      : await present(deps, latest, viewer, { ...(withRoomId && { withRoomId }), bundle: true })
  const presented = new Map(latest.map((event, index) => [event.eventId, threaded[index]]))
  return new Map(
    [...aggregations].map(([eventId, aggregation]) => [
      eventId,
      relationsOf(
        { ...aggregation, replacement: edits.get(aggregation.replacement?.eventId ?? '') },
        presented,
        surroundings,
      ),
    ]),
  )
}

function relationsOf(
  { replacement, thread, references }: Aggregation,
  presented: ReadonlyMap<string, ClientEvent | undefined>,
  surroundings: Surroundings,
): JsonObject {
  const latest: JsonValue = (thread && presented.get(thread.latest.eventId)) ?? null
  return {
    ...(replacement && {
      'm.replace': assemble(replacement, unsignedOf(replacement, surroundings), surroundings.withRoomId),
    }),
    ...(thread && {
      'm.thread': {
        latest_event: latest,
        count: thread.count,
        current_user_participated: thread.participated,
      },
    }),
    ...(references.length > 0 && { 'm.reference': { chunk: references.map((id) => ({ event_id: id })) } }),
  }
}

function otherKey(roomId: string, eventId: string): string {
  return `${roomId} ${eventId}`
}
