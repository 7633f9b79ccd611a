import assert from 'node:assert/strict'
import type { Outcome } from '../../../platform/batch.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Jobs } from '../../../platform/jobs.ts'
import { Refusal } from '../../../platform/refusal.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import type { EventSigner } from '../protocol/build-event.ts'
import { refuse } from '../refusals.ts'
import { loadStates, refreshStates, type States } from '../state/states.ts'
import type { StoredEvent } from '../timeline/stored-event.ts'
import { addDraft, type DraftContext } from './add-draft.ts'
import { earlierAnswers, loadBackground } from './background.ts'
import { enqueueDuties } from './duties.ts'
import {
  type Appended,
  type FoundRequest,
  transactionKey,
  transactionOf,
  type WriteRequest,
} from './requests.ts'
import { type RoomDraft, roomVersionOf, stateAfter } from './room-draft.ts'
import { viewOf } from './room-view.ts'
import { eventsOf, statePositionOf, type TransactionRow, writeBatch } from './write-batch.ts'

export type AppendDeps = {
  db: Database
  stream: Stream
  clock: Clock
  jobs: Pick<Jobs, 'enqueue' | 'wake'>
  states: States
  signer: EventSigner
}

/** One request's place in a batch: refused, answered before, or written with the events it has added. */
type Fate = { error: Refusal } | { answer: Appended } | { events: readonly StoredEvent[] }

type Batch = {
  rooms: Map<string, RoomDraft>
  fates: Fate[]
  transactions: TransactionRow[]
  last: number | undefined
  /** Jobs were enqueued. */
  duties: boolean
}

/** How many requests are built before other work of the node gets its turn. */
const requestsPerTurn = 16

/**
 * Writes the requests of all rooms in one transaction. Lock order: the rooms by id, then - last and briefly - the
 * head of the stream. Under the locks nobody else adds to these rooms, so the events of a room form one
 * chain and their positions rise along it, whichever nodes write.
 */
export async function appendBatch(
  deps: AppendDeps,
  writes: readonly WriteRequest[],
  options: { transactionLifetimeMs: number },
): Promise<Outcome<Appended>[]> {
  // What has a transaction id is found again, should the answer to the commit be lost with its database.
  const repeatable = writes.every((write) => transactionOf(write) !== undefined)
  const write = () => writeAll(deps, writes, options)
  const batch = await (repeatable ? deps.db.repeatable(write) : write())
  takeIn(deps.states, batch.rooms.values())
  if (batch.duties) deps.jobs.wake()
  if (batch.last !== undefined) deps.stream.committed(batch.last)
  return batch.fates.map(outcomeOf)
}

function writeAll(
  deps: AppendDeps,
  writes: readonly WriteRequest[],
  options: { transactionLifetimeMs: number },
): Promise<Batch> {
  const nowMs = deps.clock.now()
  return deps.db.transaction(async (tx) => {
    // Sent together, run in this order: what is read lies behind the locks.
    const [rooms, answers, background] = await Promise.all([
      openRooms(deps, tx, writes),
      earlierAnswers(tx, writes),
      loadBackground(tx, writes),
    ])
    const built = await buildAll({ signer: deps.signer, nowMs, background }, rooms, answers, writes)
    const changed = [...built.rooms.values()].filter(({ events }) => events.length > 0)
    if (changed.length === 0) return built
    const pdus = await Promise.all(eventsOf(changed).map(({ pdu }) => pdu))
    built.duties = await enqueueDuties(deps.jobs, tx, changed)
    built.last = await place(deps, tx, built, pdus.length)
    await writeBatch(
      tx,
      { rooms: changed, pdus, transactions: built.transactions },
      { nowMs, transactionsExpireAtMs: nowMs + options.transactionLifetimeMs },
    )
    return built
  })
}

/** Locks the rooms and brings what this node remembers of their state up to what the locked heads say. */
async function openRooms(
  deps: AppendDeps,
  tx: Tx,
  writes: readonly WriteRequest[],
): Promise<Map<string, RoomDraft>> {
  const roomIds = new Set<string>()
  for (const { kind, request } of writes) if (kind !== 'found') roomIds.add(request.roomId)
  if (roomIds.size === 0) return new Map()
  const heads = await tx.rows<Head>(sql`
    select room_id as "roomId", version, state_position as "statePosition", extremities, depth
    from rooms.room where room_id = any(${[...roomIds]}) order by room_id for update`)

  const known = heads.map((head) => ({ head, state: deps.states.peek(head.roomId) }))
  const missing = known.filter(({ state }) => state === undefined).map(({ head }) => head.roomId)
  const behind = known.flatMap(({ head, state }) =>
    state !== undefined && state.position < head.statePosition ? [{ state, upTo: head.statePosition }] : [],
  )
  const loaded = await loadStates(tx, missing)
  const refreshed = await refreshStates(tx, behind)
  return new Map(
    known.map(({ head, state }) => {
      const { roomId, extremities, depth } = head
      const base = refreshed.get(roomId) ?? state ?? loaded.get(roomId)
      assert(base, 'a room has a state from its first event on')
      const version = roomVersionOf(head.version)
      const empty = { changes: new Map(), events: [], redactions: [] }
      return [roomId, { roomId, version, founder: undefined, extremities, depth, base, ...empty }]
    }),
  )
}

type Head = {
  roomId: string
  version: string
  statePosition: number
  extremities: string[]
  depth: number
}

async function buildAll(
  context: DraftContext,
  rooms: Map<string, RoomDraft>,
  answers: ReadonlyMap<string, Appended>,
  writes: readonly WriteRequest[],
): Promise<Batch> {
  const batch: Batch = { rooms, fates: [], transactions: [], last: undefined, duties: false }
  const inThisBatch = new Map<string, Fate>()
  for (const [index, write] of writes.entries()) {
    if (index > 0 && index % requestsPerTurn === 0) await new Promise(setImmediate)
    const transaction = transactionOf(write)
    const key = transaction && transactionKey(transaction)
    const answer = key === undefined ? undefined : answers.get(key)
    const repeated = key === undefined ? undefined : inThisBatch.get(key)
    const fate = answer ? { answer } : (repeated ?? build(context, batch, write))
    batch.fates.push(fate)
    if (key !== undefined) inThisBatch.set(key, fate)
  }
  return batch
}

/** Adds the request's events to its room, all of them or - when one is refused - none. */
function build(context: DraftContext, batch: Batch, write: WriteRequest): Fate {
  const { sender } = write.request
  const transaction = write.kind === 'append' ? write.request.transaction : undefined
  const events: StoredEvent[] = []
  try {
    let room =
      write.kind === 'found'
        ? newRoom(context, batch, write.request, events)
        : lockedRoom(batch, write.request)
    const drafts = write.kind === 'decide' ? write.request.decide(viewOf(room)) : write.request.drafts
    if (drafts.length === 0) return { answer: nothingDone(room) }
    for (const draft of drafts.slice(events.length)) {
      const added = addDraft(context, room, { sender, transaction: shownTransaction(transaction) }, draft)
      room = added.room
      events.push(added.event)
      if (transaction) batch.transactions.push({ ...transaction, event: added.event })
    }
    batch.rooms.set(room.roomId, room)
    return { events }
  } catch (error) {
    if (error instanceof Refusal) return { error }
    throw error
  }
}

function nothingDone({ roomId, base }: RoomDraft): Appended {
  return { roomId, eventIds: [], position: base?.position ?? 0 }
}

function shownTransaction(transaction: { sessionId: string; txnId: string } | undefined) {
  return transaction && { sessionId: transaction.sessionId, txnId: transaction.txnId }
}

function lockedRoom(batch: Batch, { roomId }: { roomId: string }): RoomDraft {
  const room = batch.rooms.get(roomId)
  if (!room) throw refuse('rooms.forbidden', 'You are not in this room, or there is no such room.')
  return room
}

/**
 * A room with its create event, which is also put into `events`. Where the room id is made from that event, two rooms
 * that one person founds in one millisecond with the same content would be one, so the second is a millisecond younger.
 */
function newRoom(
  context: DraftContext,
  batch: Batch,
  request: FoundRequest,
  events: StoredEvent[],
): RoomDraft {
  const { roomId = '', version, sender, drafts } = request
  const [create] = drafts
  assert(create?.type === 'm.room.create', 'a room begins with its create event')
  const head = { extremities: [], depth: 0, base: undefined, changes: new Map(), events: [], redactions: [] }
  const nothing: RoomDraft = { roomId, version: roomVersionOf(version), founder: sender, ...head }
  for (let nowMs = context.nowMs; ; nowMs++) {
    const { room, event } = addDraft(
      { ...context, nowMs },
      nothing,
      { sender, transaction: undefined },
      create,
    )
    if (batch.rooms.has(room.roomId)) continue
    events.push(event)
    return room
  }
}

/** Gives the new events their positions, in the order of the requests; gives the last one. */
async function place(
  deps: Pick<AppendDeps, 'stream'>,
  tx: Tx,
  batch: Pick<Batch, 'fates'>,
  count: number,
): Promise<number> {
  const first = await deps.stream.allocate(tx, 'rooms', count)
  let next = first
  for (const fate of batch.fates) {
    if (!('events' in fate)) continue
    // Events that stand there already have theirs, and so do those of a request that stands in the batch twice.
    for (const event of fate.events) if (event.position === 0) event.position = next++
  }
  assert(next === first + count, 'every new event belongs to a request')
  return next - 1
}

/** The node remembers what it has just committed, so that whoever is answered finds it here. */
function takeIn(states: States, rooms: Iterable<RoomDraft>): void {
  for (const room of rooms) {
    const position = statePositionOf(room)
    const state = position === undefined ? room.base : stateAfter(room, position)
    if (state) states.put(state)
  }
}

function outcomeOf(fate: Fate): Outcome<Appended> {
  if ('error' in fate) return fate
  if ('answer' in fate) return { value: fate.answer }
  const last = fate.events.at(-1)
  assert(last, 'a request has at least one draft')
  const eventIds = fate.events.map(({ eventId }) => eventId)
  return {
    value: {
      roomId: last.roomId,
      eventIds,
      position: Math.max(...fate.events.map((event) => event.position)),
    },
  }
}
