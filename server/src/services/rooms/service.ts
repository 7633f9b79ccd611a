import type { Registry } from 'prom-client'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/db/database.ts'
import type { Jobs } from '../../platform/jobs.ts'
import type { Log } from '../../platform/log.ts'
import type { Random } from '../../platform/random.ts'
import type { Stream } from '../../platform/stream/stream.ts'
import type { AccountData } from '../account-data/api.ts'
import type { Rooms, TimelineEvent } from './api.ts'
import type { RoomsSettings } from './config.ts'
import { aliasesOfRooms } from './operations/aliases.ts'
import { type Appender, createAppender } from './operations/append.ts'
import { forget } from './operations/forget.ts'
import {
  createMemberships,
  currentMembership,
  membershipChanges,
  peopleSharingRooms,
} from './operations/memberships.ts'
import { visibleTo } from './operations/perspectives.ts'
import { readPdus } from './operations/read-pdus.ts'
import { stateAt, stateChanges } from './operations/read-state.ts'
import {
  eventsAfter,
  eventsInStream,
  findEvents,
  latestEvents,
  roomsWithEvents,
} from './operations/read-timeline.ts'
import { createReads, type RoomReads } from './operations/reads.ts'
import { createErasures, erasePerson, withoutErased } from './present/erasures.ts'
import { present, presentJson } from './present/present.ts'
import { strippedState } from './present/stripped-state.ts'
import type { EventSigner } from './protocol/build-event.ts'
import { refuse } from './refusals.ts'
import { createStates } from './state/states.ts'
import { createDigests } from './timeline/digests.ts'
import { followRooms } from './timeline/follow.ts'
import { createRecentEvents } from './timeline/recent-events.ts'

export type RoomsDeps = {
  db: Database
  stream: Stream
  clock: Clock
  jobs: Pick<Jobs, 'enqueue' | 'wake'>
  random: Random
  log: Log
  metrics: Registry
  signer: EventSigner
  accountData: Pick<AccountData, 'ignoredUsers'>
  settings: RoomsSettings
}

/** What this service's own routes and jobs use beyond `Rooms`. */
export type RoomsService = Rooms &
  Pick<Appender, 'found' | 'decide'> & {
    reads: RoomReads
    /** See `erasePerson`. */
    erase(userId: string): Promise<void>
    /** See `forget`. */
    forget(roomId: string, userId: string): Promise<void>
    /** Resolves when every event submitted so far has been answered. */
    close(): Promise<void>
  }

const redactionWaitMs = 1000

/** Create it before `stream.start()`: it follows the stream. */
export function createRooms(deps: RoomsDeps): RoomsService {
  const { db, stream, settings } = deps
  const listeners: ((events: readonly TimelineEvent[]) => void)[] = []
  const states = createStates({ db }, { bytesMax: settings.stateCacheBytes })
  const recent = createRecentEvents({
    countMax: settings.timelineCacheEvents,
    bytesMax: settings.timelineCacheBytes,
  })
  const memberships = createMemberships({ db, stream }, { usersMax: settings.membershipCacheUsers })
  const digests = createDigests({ db }, { roomsMax: settings.digestCacheRooms })
  const appender = createAppender(
    { ...deps, states },
    { transactionLifetimeMs: settings.transactionLifetime },
  )
  const reading = { ...deps, states, recent, erasures: createErasures(deps) }
  followRooms({
    ...reading,
    memberships,
    tell: (events) => {
      digests.take(events)
      for (const listener of listeners) listener(events)
    },
  })

  return {
    async append(request) {
      const appended = await appender.append(request)
      // Memory shows a redacted event in full until this node has read the redaction: nobody is told before.
      if (request.drafts.some(({ type }) => type === 'm.room.redaction'))
        await takenIn(deps, appended.position)
      return appended
    },
    found: (request) => appender.found(request),
    decide: (request) => appender.decide(request),
    erase: (userId) => erasePerson(deps, userId),
    forget: (roomId, userId) => forget(deps, roomId, userId),

    membershipsOf: (userId) => memberships.of(userId),
    membershipChanges: (userId, after, upTo) => membershipChanges({ db, memberships }, userId, after, upTo),
    membership: (roomId, userId) => currentMembership(db, roomId, userId),
    async requireJoined(roomId, userId) {
      if ((await currentMembership(db, roomId, userId)) !== 'join')
        throw refuse('rooms.forbidden', 'You are not in this room.')
    },
    peopleSharingRooms: (userId) => peopleSharingRooms(db, userId),

    aliasesOf: (roomIds) => aliasesOfRooms(db, roomIds),
    state: (roomId) => states.get(roomId),
    stateAt: (roomId, position, keys) => stateAt(reading, roomId, position, keys),
    stateChanges: (roomId, after, upTo) => stateChanges(reading, roomId, after, upTo),

    latestEvents: (roomIds, range) => latestEvents(reading, roomIds, range),
    digests: (roomIds) => digests.of(roomIds),
    roomsWithEvents: (roomIds, after, upTo) => roomsWithEvents(reading, roomIds, after, upTo),
    eventsAfter: (roomId, range) => eventsAfter(reading, roomId, range),
    eventsInStream: (range) => eventsInStream(db, range),
    event: async (roomId, eventId) => (await findEvents(reading, [{ roomId, eventId }]))[0],
    events: (roomId, eventIds) =>
      findEvents(
        reading,
        eventIds.map((eventId) => ({ roomId, eventId })),
      ),

    visibleTo: async (userId, _roomId, events) => [
      ...(await withoutErased(reading, userId, await visibleTo(reading, userId, events))),
    ],
    async visibleEvents(userId, asked) {
      const events = await visibleTo(reading, userId, await findEvents(reading, asked))
      return withoutErased(reading, userId, events)
    },
    present: (events, viewer, options) => present(reading, events, viewer, options),
    presentJson: (events, viewer, options) => presentJson(reading, events, viewer, options),
    pdus: (events) => readPdus(db, events),
    strippedState: (roomId, position) => strippedState(reading, roomId, position),
    onEvents: (listener) => void listeners.push(listener),
    reads: createReads(reading),
    close: () => appender.idle(),
  }
}

/** Resolves when this node has taken in what lies up to `position`; at the latest after a moment, for it is committed. */
async function takenIn({ stream, clock }: RoomsDeps, position: number): Promise<void> {
  const limit = new AbortController()
  const cancel = clock.after(redactionWaitMs, () => limit.abort(new Error('the stream is late')))
  await stream.reached(position, limit.signal).catch(() => undefined)
  cancel()
}
