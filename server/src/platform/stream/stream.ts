import type { Clock } from '../clock.ts'
import type { Database, Tx } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import type { Log } from '../log.ts'
import type { Bus } from './bus.ts'

/** A place in the stream of everything that a sync can show. */
export type Position = number

/**
 * Commit-ordered positions shared by all services: a reader that has seen position p will never later find a new
 * row at or below p, with any number of writing nodes. The lock taken by `allocate` is held until the
 * transaction ends, so take positions as late in it as possible.
 *
 * Each node follows the stream: a topic's reader loads what is new once per node, and then everybody who waits is
 * told. `position()` never runs ahead of what the readers of this node have taken in.
 */
export type Stream = {
  /** Gives `count` consecutive positions and returns the first. Call `committed` after the commit. */
  allocate(tx: Tx, topic: string, count: number): Promise<Position>
  /** Says that positions up to `upTo` are committed: wakes the readers of this and the other nodes. Losing this call delays readers by `pollMs`; it loses nothing. */
  committed(upTo: Position): void
  /**
   * Registers the reader of a topic, before `start`: it takes in the rows in `(after, upTo]`, and must bear being
   * given rows again. It gives whom they concern, so that only those are woken.
   */
  follow(topic: string, read: TopicReader): void
  /** The position up to which this node has read everything. */
  position(): Position
  /** Resolves as soon as `position()` is at least `target`. Rejects with the signal's reason. */
  reached(target: Position, signal: AbortSignal): Promise<void>
  /** The position up to which the whole deployment has committed, straight from the database. */
  head(): Promise<Position>
  /** Calls `listener` after each advance, when all readers have taken it in. Returns how to stop. */
  onAdvance(listener: (position: Position, moves: readonly Move[]) => void): () => void
  start(): Promise<void>
  close(): Promise<void>
}

export type TopicReader = (after: Position, upTo: Position) => Promise<Concerned | undefined> | Promise<void>

/** Whom new rows of a topic concern. A reader that gives nothing at all is taken to concern everybody. */
export type Concerned = {
  users?: Iterable<string>
  /** The people joined to these rooms. */
  roomIds?: Iterable<string>
  /** These people and everybody who shares a room with them. */
  peopleAround?: Iterable<string>
}

/** A topic that has rows in `(after, upTo]`. Whom they concern can be iterated once for each listener. */
export type Move = { topic: string; after: Position; upTo: Position; concerned: Concerned | undefined }

type Listener = (position: Position, moves: readonly Move[]) => void

const wakeTopic = 'stream'
const partition = 0
/** Everybody who writes waits for the one who has positions and has not committed: should its site have burnt, not for long. */
const silentHolderMs = 500

export function createStream(
  deps: { db: Database; bus: Bus; clock: Clock; log: Log },
  options: { pollMs: number },
): Stream {
  const readers = new Map<string, TopicReader>()
  const known = new Map<string, Position>()
  const listeners = new Set<Listener>()
  const closed = new AbortController()
  let position: Position = 0
  let advancing: Promise<void> | undefined
  let again = false
  let announced: Position = 0

  async function readOnce(): Promise<void> {
    let head = position
    const reading: Promise<Move>[] = []
    const found = await heads(deps.db)
    for (const { topic, position: upTo } of found) {
      head = Math.max(head, upTo)
      const after = known.get(topic) ?? position
      if (upTo > after) reading.push(readTopic(readers.get(topic), topic, after, upTo))
    }
    const moves = await Promise.all(reading)
    for (const { topic, position: upTo } of found) known.set(topic, upTo)
    if (head === position) return
    position = head
    for (const listener of [...listeners]) listener(position, moves)
  }

  async function advance(): Promise<void> {
    try {
      do {
        again = false
        // A standby may lack rows of the heads that a primary has given: they would be passed over for good.
        await deps.db.onPrimary(readOnce)
      } while (again && !closed.signal.aborted)
    } catch (error) {
      if (!closed.signal.aborted) deps.log.warn({ err: error }, 'could not read the stream; will poll')
    } finally {
      advancing = undefined
    }
  }

  function wake(): void {
    if (closed.signal.aborted) return
    if (advancing) again = true
    else advancing = advance()
  }

  async function poll(): Promise<void> {
    while (!closed.signal.aborted) {
      await deps.clock.sleep(options.pollMs, closed.signal).catch(() => undefined)
      wake()
    }
  }

  return {
    async allocate(tx, topic, count) {
      const [row] = await tx.rows<{ last: Position }>(sql`
        with head as (
          update platform.stream_head set position = position + ${count}::bigint where partition = ${partition} returning position
        ), topic as (
          insert into platform.stream_topic (partition, topic, position) select ${partition}, ${topic}, position from head
          on conflict (partition, topic) do update set position = excluded.position
        )
        select position as last, set_config('idle_in_transaction_session_timeout', ${String(silentHolderMs)}, true)
        from head`)
      if (!row) throw new Error('platform.stream_head has lost its row')
      return row.last - count + 1
    },
    committed(upTo) {
      deps.db.committed(upTo)
      wake()
      if (upTo <= announced) return
      announced = upTo
      deps.bus.publish(wakeTopic, upTo)
    },
    follow(topic, read) {
      readers.set(topic, read)
    },
    position: () => position,
    reached(target, signal) {
      if (position >= target) return Promise.resolve()
      wake()
      return nextMatch(listeners, (now) => now >= target, signal)
    },
    async head() {
      return Math.max(0, ...(await heads(deps.db)).map(({ position: upTo }) => upTo))
    },
    onAdvance(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async start() {
      for (const { topic, position: upTo } of await heads(deps.db)) {
        known.set(topic, upTo)
        position = Math.max(position, upTo)
      }
      deps.bus.subscribe(wakeTopic, (upTo) => {
        if (typeof upTo !== 'number' || upTo > position) wake()
      })
      deps.bus.onGap(wake)
      poll().catch((error: unknown) => deps.log.error({ err: error }, 'stopped polling the stream'))
    },
    async close() {
      closed.abort(new Error('the stream is closed'))
      await advancing
    },
  }
}

/** From a primary: what a standby has not heard of would be taken to be nobody's. */
async function heads(db: Database): Promise<{ topic: string; position: Position }[]> {
  const found = await db.onPrimary(() =>
    db.rows<{ topic: string; position: Position }>(
      sql`select topic, position from platform.stream_topic where partition = ${partition}`,
    ),
  )
  for (const { position } of found) db.committed(position)
  return found
}

async function readTopic(
  read: TopicReader | undefined,
  topic: string,
  after: Position,
  upTo: Position,
): Promise<Move> {
  const concerned = (await read?.(after, upTo)) ?? undefined
  return { topic, after, upTo, concerned }
}

/** Resolves when an advance satisfies `matches`; rejects with the signal's reason. */
function nextMatch(
  listeners: Set<Listener>,
  matches: (position: Position) => boolean,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const listener = (now: Position) => {
      if (!matches(now)) return
      done()
      resolve()
    }
    const onAbort = () => {
      done()
      reject(signal.reason)
    }
    const done = () => {
      listeners.delete(listener)
      signal.removeEventListener('abort', onAbort)
    }
    listeners.add(listener)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
