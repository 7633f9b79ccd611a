import type { JsonObject } from '../../../platform/json.ts'
import type { Presence } from '../../presence/api.ts'
import type { Receipt, Receipts } from '../../receipts/api.ts'
import type { Rooms, TimelineEvent, Viewer } from '../../rooms/api.ts'
import type { Service } from '../connections/connections.ts'
import type { Interest } from './interest.ts'

export type CollectDeps = {
  rooms: Pick<Rooms, 'eventsInStream' | 'presentJson' | 'strippedState' | 'membershipsOf'>
  receipts: Pick<Receipts, 'inStream' | 'present'>
  presence: Pick<Presence, 'typing' | 'presence'>
}

/** Rooms in which typing, and people whose presence, changed since this node last told of it. */
export type SoftChanges = { roomIds: ReadonlySet<string>; userIds: ReadonlySet<string> }

/** The next transaction, if there is anything to tell, and up to where the stream was looked at for it. */
export type Collected = { body: string | null; position: number }

const eventsMax = 100
const receiptsMax = 500
/** Of the events of one transaction, if it has more than one. */
const bytesMax = 1024 * 1024

/**
 * Gathers what the service is to be told of what lies in `(after, upTo]`: events in the order of the stream, and receipts,
 * which have their place in it as well. Typing and presence are as they are now.
 * https://spec.matrix.org/v1.19/application-service-api/#pushing-events
 */
export async function collect(
  deps: CollectDeps,
  { service, interest }: { service: Service; interest: Interest },
  { after, upTo, soft }: { after: number; upTo: number; soft: SoftChanges },
): Promise<Collected> {
  const found = upTo > after ? await deps.rooms.eventsInStream({ after, upTo, limit: eventsMax }) : []
  let position = found.length < eventsMax ? upTo : (found.at(-1)?.position ?? upTo)
  const receipts =
    service.receiveEphemeral && position > after
      ? await deps.receipts.inStream({ after, upTo: position, limit: receiptsMax })
      : []
  if (receipts.length === receiptsMax) position = receipts.at(-1)?.position ?? position
  const events = found.filter((event) => event.position <= position)
  const roomIds = new Set([...events, ...receipts].map(({ roomId }) => roomId))
  await interest.prepare(roomIds, after)

  const told = events.filter((event) => interest.take(event))
  const texts = await present(deps, service, told)
  const fitting = countFitting(texts)
  const cut = told[fitting]
  if (cut) {
    position = cut.position - 1
    // Events that were left for the next time have been taken in.
    interest.forget(roomIds)
    await interest.prepare(roomIds, position)
  }
  const ephemeral = service.receiveEphemeral
    ? [
        ...receiptEvents(
          deps,
          { service, interest },
          receipts.filter((one) => one.position <= position),
        ),
        ...(await softEvents(deps, { service, interest }, soft, position)),
      ]
    : []
  return { body: bodyOf(service, texts.slice(0, fitting), ephemeral), position }
}

function bodyOf(
  { ephemeralByOldName }: Service,
  events: readonly string[],
  ephemeral: readonly JsonObject[],
): string | null {
  if (events.length === 0 && ephemeral.length === 0) return null
  const text = JSON.stringify(ephemeral)
  const old = ephemeralByOldName ? `,"de.sorunome.msc2409.ephemeral":${text}` : ''
  return `{"events":[${events.join()}]${ephemeral.length > 0 ? `,"ephemeral":${text}${old}` : ''}}`
}

async function present(
  { rooms }: CollectDeps,
  service: Service,
  events: readonly TimelineEvent[],
): Promise<string[]> {
  const viewer: Viewer = { userId: service.senderId, sessionId: `${service.id} ${service.senderId}` }
  const texts = await rooms.presentJson(events, viewer, { withRoomId: true })
  return Promise.all(
    texts.map(async (text, index) => {
      const event = events[index]
      const invites = event?.type === 'm.room.member' && event.content['membership'] === 'invite'
      if (!invites || !service.mayBe(event.stateKey ?? '')) return text
      // Whoever is invited cannot look at the room yet.
      const shown: JsonObject & { unsigned?: JsonObject } = JSON.parse(text)
      const state = await rooms.strippedState(event.roomId, event.position)
      return JSON.stringify({ ...shown, unsigned: { ...shown.unsigned, invite_room_state: state } })
    }),
  )
}

/** At least one, so that it goes on. */
function countFitting(texts: readonly string[]): number {
  let bytes = 0
  const at = texts.findIndex((text, index) => {
    bytes += Buffer.byteLength(text)
    return bytes > bytesMax && index > 0
  })
  return at === -1 ? texts.length : at
}

type Whose = { service: Service; interest: Interest }

/** Private receipts of the service's own people alone. */
function receiptEvents(
  { receipts }: CollectDeps,
  { service, interest }: Whose,
  found: readonly Receipt[],
): JsonObject[] {
  const told = found.filter(
    ({ roomId, userId, type }) => interest.in(roomId) && (type !== 'm.read.private' || service.mayBe(userId)),
  )
  const ofThreads = Map.groupBy(told, ({ roomId, threadId }) => JSON.stringify([roomId, threadId ?? null]))
  return [...ofThreads.values()].map((ofThread) => ({
    type: 'm.receipt',
    room_id: ofThread[0]?.roomId ?? '',
    // `present` gives what will be JSON; its values are not typed as such.
    content: receipts.present(ofThread) as JsonObject,
  }))
}

async function softEvents(
  { rooms, presence }: CollectDeps,
  { service, interest }: Whose,
  { roomIds, userIds }: SoftChanges,
  position: number,
): Promise<JsonObject[]> {
  if (roomIds.size === 0 && userIds.size === 0) return []
  const around = new Map<string, string[]>()
  for (const userId of userIds) {
    const memberships = [...(await rooms.membershipsOf(userId)).values()]
    around.set(
      userId,
      memberships.flatMap(({ roomId, membership }) => (membership === 'join' ? [roomId] : [])),
    )
  }
  await interest.prepare([...roomIds, ...[...around.values()].flat()], position)
  const typing = presence.typing(
    [...roomIds].filter((roomId) => interest.in(roomId)),
    undefined,
  )
  const concerning = [...around].flatMap(([userId, joined]) =>
    service.mayBe(userId) || joined.some((roomId) => interest.in(roomId)) ? [userId] : [],
  )
  const statuses =
    concerning.length === 0 ? [] : await presence.presence(service.senderId, new Set(concerning), undefined)
  return [
    ...[...typing].map(([roomId, content]) => ({ type: 'm.typing', room_id: roomId, content })),
    ...statuses.filter(({ sender }) => concerning.includes(String(sender))),
  ]
}
