import type { TestContext } from 'node:test'
import type { Dure } from '../../../app.ts'
import type { Database } from '../../../platform/db/database.ts'
import type { Caller } from '../../../platform/http/access.ts'
import type { JsonObject } from '../../../platform/json.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import { testNodes } from '../../../platform/testing/app.ts'
import type { Services } from '../../../services.ts'
import type { EventDraft } from '../../rooms/api.ts'
import { defaultRoomVersion } from '../../rooms/protocol/room-versions.ts'
import { alice, foundingDrafts, member, message, type RoomOptions } from '../../rooms/testing.ts'
import type { SyncRequest } from '../api.ts'

/** A whole node: sync and everything it shows. */
export type SyncNode = Services & {
  http: Dure['http']
  stream: Stream
  db: Database
  close(): Promise<void>
  /** Statements that the services of this node have run so far, outside transactions. */
  statements(): number
  /** Resolves when this node has read everything that is committed. */
  caughtUp(): Promise<void>
  /** Founds a room in which these people are joined, the first of them being its creator. */
  room(people?: readonly string[], options?: RoomOptions): Promise<string>
  send(roomId: string, sender: string, draft: EventDraft): Promise<string>
  say(roomId: string, sender: string, body: string): Promise<string>
}

/** Nodes on one database of their own. */
export async function syncNodes(
  t: TestContext,
  options: { nodes?: number; environment?: Record<string, string> } = {},
): Promise<[SyncNode, ...SyncNode[]]> {
  const { environment } = options
  const apps = await testNodes(t, options.nodes ?? 1, environment ? { environment } : {})
  const [first, ...others] = apps.map((app) => syncNode(t, app))
  if (!first) throw new Error('at least one node')
  return [first, ...others]
}

function syncNode(t: TestContext, { http, platform, services, close }: Dure): SyncNode {
  const { db, stream } = platform
  let statements = 0
  const { rows } = db
  db.rows = (query) => {
    statements++
    return rows(query)
  }

  async function caughtUp(): Promise<void> {
    await stream.reached(await stream.head(), t.signal)
  }
  async function send(roomId: string, sender: string, draft: EventDraft): Promise<string> {
    const { eventIds } = await services.rooms.append({ roomId, sender, drafts: [draft] })
    await caughtUp()
    return eventIds[0] ?? ''
  }

  return {
    ...services,
    http,
    stream,
    db,
    close,
    statements: () => statements,
    caughtUp,
    send,
    say: (roomId, sender, body) => send(roomId, sender, message(body)),
    async room(people = [alice], more = {}) {
      const [creator = alice, ...others] = people
      const version = more.version ?? defaultRoomVersion.id
      const { roomId } = await services.rooms.found({
        version,
        sender: creator,
        drafts: foundingDrafts(creator, more),
      })
      for (const person of others)
        await services.rooms.append({ roomId, sender: person, drafts: [member(person, 'join')] })
      await caughtUp()
      return roomId
    },
  }
}

export function callerFor(userId: string, sessionId = 'session'): Caller {
  return { userId, deviceId: 'PHONE', guest: false, sessionId }
}

/** The parts of an answer that tests look at, typed as they are in JSON. */
export type SyncAnswer = {
  next_batch: string
  rooms?: {
    join?: Record<string, RoomAnswer>
    leave?: Record<string, RoomAnswer>
    invite?: Record<string, { invite_state: { events: EventAnswer[] } }>
    knock?: Record<string, { knock_state: { events: EventAnswer[] } }>
  }
  account_data?: { events: EventAnswer[] }
  to_device?: { events: EventAnswer[] }
  device_lists?: { changed: string[]; left: string[] }
}
export type RoomAnswer = {
  summary?: JsonObject
  ephemeral?: { events: EventAnswer[] }
  unread_notifications?: { notification_count: number; highlight_count: number }
  unread_thread_notifications?: Record<string, { notification_count: number; highlight_count: number }>
  state?: { events: EventAnswer[] }
  state_after?: { events: EventAnswer[] }
  timeline: { events: EventAnswer[]; limited: boolean; prev_batch?: string }
  account_data?: { events: EventAnswer[] }
}
export type EventAnswer = {
  type: string
  state_key?: string
  event_id: string
  sender: string
  content: JsonObject
}

export type SyncOptions = Partial<Omit<SyncRequest, 'filter'>> & {
  filter?: JsonObject | string
  sessionId?: string
}

/** One /sync of a person, as the answer's JSON. It does not wait unless `timeoutMs` says so. */
export async function syncOnce(
  node: SyncNode,
  userId: string,
  options: SyncOptions = {},
): Promise<SyncAnswer> {
  const { filter, sessionId, ...rest } = options
  const text = await node.sync.sync({
    caller: callerFor(userId, sessionId),
    since: undefined,
    filter: typeof filter === 'object' ? JSON.stringify(filter) : filter,
    fullState: false,
    useStateAfter: false,
    setPresence: 'offline',
    timeoutMs: 0,
    gone: new AbortController().signal,
    stillAllowed: async () => undefined,
    ...rest,
  })
  return JSON.parse(text)
}
