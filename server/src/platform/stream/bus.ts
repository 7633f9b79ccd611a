import type pg from 'pg'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import type { JsonValue } from '../json.ts'
import type { Log } from '../log.ts'

/**
 * Hints between the nodes of a deployment, over PostgreSQL NOTIFY: gathered for a few milliseconds and sent
 * outside every writing transaction. A message may be lost (a reconnect), so nothing may depend on one:
 * `onGap` tells subscribers that they may have missed some. Messages reach the sending node too.
 */
export type Bus = {
  publish(topic: string, message: JsonValue): void
  subscribe(topic: string, handle: (message: JsonValue) => void): void
  /** Calls `handle` after every (re)connection, when messages may have been missed. */
  onGap(handle: () => void): void
  start(): Promise<void>
  close(): Promise<void>
}

const channel = 'dure'
const gatherMs = 2
/** NOTIFY payloads end at 8,000 bytes. */
const payloadBytesMax = 7900

type Message = [topic: string, message: JsonValue]

export function createBus(deps: { db: Database; log: Log; clock: Clock }): Bus {
  const handlers = new Map<string, ((message: JsonValue) => void)[]>()
  const gapHandlers: (() => void)[] = []
  const outgoing: Message[] = []
  let flushing: Promise<void> | undefined
  let client: pg.Client | undefined
  let connecting: Promise<void> | undefined
  const closed = new AbortController()

  async function flush(): Promise<void> {
    await deps.clock.sleep(gatherMs, closed.signal).catch(() => undefined)
    while (outgoing.length > 0) {
      const payloads = pack(outgoing.splice(0))
      try {
        await deps.db.rows(
          sql`select pg_notify(${channel}, payload) from unnest(${payloads}::text[]) payload`,
        )
      } catch (error) {
        deps.log.warn({ err: error }, 'wake-ups for other nodes were lost; they will poll')
      }
    }
    flushing = undefined
  }

  function receive(payload: string): void {
    for (const [topic, message] of JSON.parse(payload) as Message[]) {
      for (const handle of handlers.get(topic) ?? []) handle(message)
    }
  }

  async function listen(): Promise<void> {
    while (!closed.signal.aborted) {
      try {
        const connection = await deps.db.connect()
        connection.on('notification', ({ payload }) => receive(payload ?? '[]'))
        connection.on('error', () => undefined)
        connection.once('end', () => reconnect(connection))
        await connection.query(`listen ${channel}`)
        client = connection
        for (const handle of gapHandlers) handle()
        return
      } catch (error) {
        if (closed.signal.aborted) return
        deps.log.warn({ err: error }, 'cannot listen for wake-ups; trying again')
        await deps.clock.sleep(250, closed.signal).catch(() => undefined)
      }
    }
  }

  function reconnect(ended: pg.Client): void {
    if (client !== ended || closed.signal.aborted) return
    client = undefined
    connecting = listen()
  }

  return {
    publish(topic, message) {
      outgoing.push([topic, message])
      flushing ??= flush()
    },
    subscribe(topic, handle) {
      handlers.set(topic, [...(handlers.get(topic) ?? []), handle])
    },
    onGap(handle) {
      gapHandlers.push(handle)
    },
    start: () => listen(),
    async close() {
      closed.abort(new Error('the bus is closed'))
      await flushing
      await connecting
      await client?.end()
    },
  }
}

/** Puts as many messages into each payload as fit. */
function pack(messages: readonly Message[]): string[] {
  const payloads: string[] = []
  let part: string[] = []
  let bytes = 2
  for (const message of messages) {
    const text = JSON.stringify(message)
    const size = Buffer.byteLength(text) + 1
    if (size > payloadBytesMax) throw new Error(`a bus message of ${size} bytes is too long`)
    if (bytes + size > payloadBytesMax) {
      payloads.push(`[${part.join(',')}]`)
      part = []
      bytes = 2
    }
    part.push(text)
    bytes += size
  }
  if (part.length > 0) payloads.push(`[${part.join(',')}]`)
  return payloads
}
