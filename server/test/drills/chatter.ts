import type { HonestClient } from '../support/honest-client.ts'
import { ok, type Person, type SyncEvent, sendText, sync } from '../support/person.ts'
import type { Acknowledged } from './chat-history.ts'

/** One person who writes into a room and follows everything said in it, through whatever happens to the nodes. */
export type Chatter = {
  person: Person
  acknowledged: Acknowledged[]
  /** Message events in the order in which the syncs showed them, gaps filled through /messages. */
  seen: string[]
  /** Stops writing, reads on until `lastEvent` has been seen, and ends. */
  finish(lastEvent: string): Promise<void>
  stopWriting(): Promise<void>
}

export async function startChatter(
  client: HonestClient,
  person: Person,
  roomId: string,
  pauseMs: number,
): Promise<Chatter> {
  const acknowledged: Acknowledged[] = []
  const seen: string[] = []
  const reading = new AbortController()
  let writing = true
  let since = (await sync(client, person)).next_batch
  let target: string | undefined

  async function write(): Promise<void> {
    for (let n = 0; writing; n++) {
      const id = `${person.userId}-${n}`
      const askedAt = performance.now()
      const eventId = await sendText(client, person, roomId, encodeURIComponent(id), {
        body: `message ${n}`,
        drill: id,
      })
      acknowledged.push({ eventId, roomId, id, askedAt, acknowledgedAt: performance.now() })
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }

  async function read(): Promise<void> {
    while (target === undefined || !seen.includes(target)) {
      const answer = await sync(client, person, { since, timeoutMs: 1000, signal: reading.signal })
      const room = answer.rooms?.join?.[roomId]
      const events = room?.timeline?.events ?? []
      if (room?.timeline?.limited)
        seen.push(...(await gap(client, person, roomId, since, room.timeline.prev_batch)))
      seen.push(...events.filter(isMessage).map((event) => event.event_id))
      since = answer.next_batch
    }
  }

  const written = write()
  const read_ = read()
  read_.catch(() => undefined)
  return {
    person,
    acknowledged,
    seen,
    async stopWriting() {
      writing = false
      await written
    },
    async finish(lastEvent) {
      target = lastEvent
      await read_
    },
  }
}

/** The messages between two sync tokens, oldest first. */
async function gap(
  client: HonestClient,
  person: Person,
  roomId: string,
  from: string,
  to: string | undefined,
): Promise<string[]> {
  const found: string[] = []
  let at: string | undefined = from
  while (at !== undefined) {
    const query = new URLSearchParams({
      dir: 'f',
      limit: '500',
      from: at,
      ...(to === undefined ? {} : { to }),
    })
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/messages?${query}`
    const page: { chunk: SyncEvent[]; end?: string } = ok(
      await client.send('GET', path, { token: person.token }),
    ).json()
    found.push(...page.chunk.filter(isMessage).map((event) => event.event_id))
    at = page.end
  }
  return found
}

/** Every message of a room, oldest first. */
export async function wholeTimeline(
  client: HonestClient,
  person: Person,
  roomId: string,
): Promise<{ eventId: string; id: string }[]> {
  const found: { eventId: string; id: string }[] = []
  let from = ''
  for (;;) {
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/messages?dir=f&limit=1000${from}`
    const page = ok(await client.send('GET', path, { token: person.token })).json<{
      chunk: SyncEvent[]
      end?: string
    }>()
    found.push(
      ...page.chunk
        .filter(isMessage)
        .map(({ event_id, content }) => ({ eventId: event_id, id: String(content['drill']) })),
    )
    if (page.end === undefined) return found
    from = `&from=${encodeURIComponent(page.end)}`
  }
}

function isMessage({ content }: SyncEvent): boolean {
  return typeof content['drill'] === 'string'
}
