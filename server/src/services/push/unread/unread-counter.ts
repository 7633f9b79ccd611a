import type { Registry } from 'prom-client'
import { type Batcher, createBatcher } from '../../../platform/batch.ts'
import type { Database } from '../../../platform/db/database.ts'
import type { Log } from '../../../platform/log.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import type { Receipt } from '../../receipts/api.ts'
import type { UnreadCounts } from '../api.ts'
import type { PushSettings } from '../config.ts'
import { type Checkpoint, saveCheckpoints } from '../operations/checkpoints.ts'
import { type CountingDeps, countOn, type Person } from './count-unread.ts'
import { newestEvents } from './read-events.ts'
import { startingStates } from './starting-states.ts'
import { createStatesInMemory, type KeptState } from './states-in-memory.ts'
import { countsOf, type Notification } from './unread-state.ts'

export type UnreadCounter = {
  counts(userId: string, roomIds: readonly string[], upTo: Position): Promise<Map<string, UnreadCounts>>
  /** As `counts`, with the newest of the notifications themselves, oldest first. */
  unread(userId: string, roomIds: readonly string[], upTo: Position): Promise<Map<string, Unread>>
  /** Counts all rooms of a person up to `upTo` and resolves when that is written down. */
  settle(userId: string, upTo: Position): Promise<void>
  /** Drops what is in memory of a person; checkpoints stay. */
  forget(userId: string): void
  /** Resolves when the checkpoints on their way are written. */
  idle(): Promise<void>
}

export type Unread = { counts: UnreadCounts; notifications: readonly Notification[] }

type Deps = CountingDeps & { db: Database; log: Log; metrics: Registry }

/** So many events may have to be counted again after a restart; below it no checkpoint is written. */
const uncoveredMax = 50
/** Rooms counted at once for one person: the rest waits, so that one return from holidays does not take every connection. */
const roomsAtOnce = 8

export function createUnreadCounter(
  deps: Deps,
  settings: Pick<PushSettings, 'unreadStatesMax'>,
): UnreadCounter {
  const states = createStatesInMemory(settings.unreadStatesMax)
  const checkpoints = checkpointBatcher(deps)

  async function countTo(
    person: Person,
    roomIds: readonly string[],
    upTo: Position,
  ): Promise<Map<string, KeptState>> {
    const inMemory = states.of(person.userId)
    const rooms = new Map<string, KeptState>()
    for (const roomId of roomIds) {
      const known = inMemory.get(roomId)
      if (known) rooms.set(roomId, known)
    }
    const missing = roomIds.filter((roomId) => !rooms.has(roomId))
    const loaded = missing.length > 0 ? await loadStates(deps, person, missing, upTo) : noStates
    for (const [roomId, state] of loaded) rooms.set(roomId, state)

    const behind = new Map([...rooms].filter(([, { state }]) => state.upTo < upTo))
    if (behind.size === 0) return rooms
    for (const [roomId, kept] of await countRooms(deps, person, behind, loaded, upTo)) {
      rooms.set(roomId, kept)
      if (kept.state.since === undefined) states.drop(person.userId, roomId)
      else states.keep(person.userId, roomId, kept)
    }
    return rooms
  }

  /** Writes a state down and remembers that it is; resolves when it is. */
  async function save(userId: string, roomId: string, { state }: KeptState): Promise<void> {
    const { since } = state
    if (since === undefined) return
    states.keep(userId, roomId, { state, uncovered: 0 })
    await checkpoints.submit({ userId, roomId, state: { ...state, since } })
  }

  async function unreadOf(
    userId: string,
    roomIds: readonly string[],
    upTo: Position,
  ): Promise<Map<string, Unread>> {
    const person = await personOf(deps, userId)
    const rooms = await countTo(person, roomIds, upTo)
    for (const [roomId, kept] of rooms) {
      if (kept.uncovered < uncoveredMax) continue
      save(userId, roomId, kept).catch((error: unknown) => {
        deps.log.warn(
          { err: error },
          'a checkpoint of unread counts was not written; they will be counted again',
        )
      })
    }
    const unread = new Map<string, Unread>()
    for (const roomId of roomIds) {
      const state = rooms.get(roomId)?.state
      const { ignoredUsers } = person
      unread.set(roomId, {
        counts: state ? countsOf(state, ignoredUsers) : nothingUnread,
        notifications: state?.notifications.filter(({ sender }) => !ignoredUsers.has(sender)) ?? [],
      })
    }
    return unread
  }

  return {
    async counts(userId, roomIds, upTo) {
      const unread = await unreadOf(userId, roomIds, upTo)
      return new Map(Array.from(unread, ([roomId, { counts }]) => [roomId, counts]))
    },
    unread: unreadOf,
    async settle(userId, upTo) {
      const memberships = await deps.rooms.membershipsOf(userId)
      const joined = [...memberships.values()].filter(({ membership }) => membership === 'join')
      const roomIds = joined.map(({ roomId }) => roomId)
      const rooms = await countTo(await personOf(deps, userId), roomIds, upTo)
      const unsaved = [...rooms].filter(([, { uncovered }]) => uncovered > 0)
      await Promise.all(unsaved.map(([roomId, kept]) => save(userId, roomId, kept)))
    },
    forget: (userId) => states.forget(userId),
    idle: () => checkpoints.idle(),
  }
}

const noStates: ReadonlyMap<string, KeptState> = new Map()
const nothingUnread: UnreadCounts = {
  main: { notification: 0, highlight: 0 },
  threads: new Map(),
  total: { notification: 0, highlight: 0 },
}

async function personOf(deps: Deps, userId: string): Promise<Person> {
  const [{ compiled }, ignoredUsers] = await Promise.all([
    deps.rules.of(userId),
    deps.accountData.ignoredUsers(userId),
  ])
  return { userId, ruleset: compiled, ignoredUsers }
}

async function loadStates(
  deps: Deps,
  { userId }: Person,
  roomIds: readonly string[],
  upTo: Position,
): Promise<Map<string, KeptState>> {
  const loaded = new Map<string, KeptState>()
  for (const [roomId, { state, isStored }] of await startingStates(deps, userId, roomIds, upTo)) {
    // A state that was never stored is worth a row whatever comes: it saves looking for the join again.
    loaded.set(roomId, { state, uncovered: isStored ? 0 : uncoveredMax })
  }
  return loaded
}

/** Goes on counting in rooms that are behind `upTo`. */
async function countRooms(
  deps: Deps,
  person: Person,
  behind: ReadonlyMap<string, KeptState>,
  loaded: ReadonlyMap<string, KeptState>,
  upTo: Position,
): Promise<Map<string, KeptState>> {
  const [receipts, newest] = await Promise.all([
    ownReceipts(deps, person.userId, behind, loaded, upTo),
    newestEvents(deps.rooms, behind, upTo),
  ])
  const counted = new Map<string, KeptState>()
  const count = async ([roomId, { state, uncovered }]: [string, KeptState]) => {
    const room = { roomId, state, receipts: receipts.get(roomId) ?? [], newest: newest.get(roomId) }
    const { state: after, judged } = await countOn(deps, person, room, upTo)
    counted.set(roomId, { state: after, uncovered: uncovered + judged })
  }
  const waiting = [...behind]
  while (waiting.length > 0) await Promise.all(waiting.splice(0, roomsAtOnce).map(count))
  return counted
}

/**
 * The person's current receipts in the rooms in which they have written any since the room was counted last. For rooms
 * in memory that is seldom, and is found out without asking for all receipts of the person.
 */
async function ownReceipts(
  deps: Deps,
  userId: string,
  behind: ReadonlyMap<string, KeptState>,
  loaded: ReadonlyMap<string, KeptState>,
  upTo: Position,
): Promise<ReadonlyMap<string, Receipt[]>> {
  const wanted: string[] = []
  const inMemory: string[] = []
  let after = upTo
  for (const [roomId, { state }] of behind) {
    if (loaded.has(roomId)) {
      wanted.push(roomId)
    } else {
      inMemory.push(roomId)
      after = Math.min(after, state.upTo)
    }
  }
  if (inMemory.length > 0) {
    for (const [roomId, receipts] of await deps.receipts.changes(userId, inMemory, after, upTo)) {
      if (receipts.some((receipt) => receipt.userId === userId)) wanted.push(roomId)
    }
  }
  return wanted.length > 0 ? deps.receipts.ofUser(userId, wanted) : new Map()
}

function checkpointBatcher(deps: Deps): Batcher<Checkpoint, undefined> {
  return createBatcher(deps, {
    name: 'push_checkpoints',
    sizeMax: 512,
    waitingMax: 20_000,
    async run(batch) {
      await saveCheckpoints(deps.db, batch)
      return batch.map(() => ({ value: undefined }))
    },
  })
}
