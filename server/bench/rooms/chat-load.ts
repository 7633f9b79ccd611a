import type { HttpClient } from '../../test/support/http-client.ts'
import { type Person, sendText, sync } from '../../test/support/person.ts'

export type ChatLoad = {
  rooms: { roomId: string; members: Person[] }[]
  people: Person[]
  senders: number
  seconds: number
}

export type ChatResult = {
  sent: number
  seconds: number
  sendMs: number[]
  /** From the send's first byte to the last member's sync answer. */
  deliveryMs: number[]
  missing: number
  duplicated: number
  reordered: number
}

type Message = { startedAt: number; waitingFor: number }
const settleMs = 15_000

/**
 * Everybody long-polls; `senders` loops each send one message after the other into rooms of theirs. Every message is
 * followed to every member of its room, the sender included.
 */
export async function runChatLoad(http: HttpClient, load: ChatLoad): Promise<ChatResult> {
  const stop = new AbortController()
  const messages = new Map<string, Message>()
  const result: ChatResult = {
    sent: 0,
    seconds: 0,
    sendMs: [],
    deliveryMs: [],
    missing: 0,
    duplicated: 0,
    reordered: 0,
  }
  const listeners = await Promise.all(
    load.people.map((person) => listen(http, person, messages, result, stop.signal)),
  )

  const startedAt = performance.now()
  const endAt = startedAt + load.seconds * 1000
  await Promise.all(
    Array.from({ length: load.senders }, (_, loop) => send(http, load, loop, endAt, messages, result)),
  )
  result.seconds = (performance.now() - startedAt) / 1000

  const deadline = performance.now() + settleMs
  while ([...messages.values()].some(({ waitingFor }) => waitingFor > 0) && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  result.missing = [...messages.values()].reduce((sum, { waitingFor }) => sum + waitingFor, 0)
  stop.abort()
  await Promise.all(listeners.map(({ ended }) => ended))
  return result
}

async function send(
  http: HttpClient,
  { rooms, people, senders }: ChatLoad,
  loop: number,
  endAt: number,
  messages: Map<string, Message>,
  result: ChatResult,
): Promise<void> {
  const person = people[loop % people.length]
  const own = rooms.filter(({ members }) => person && members.includes(person))
  for (let n = 0; performance.now() < endAt; n++) {
    const room = own[(loop + n) % own.length]
    if (!person || !room) return
    const id = `${load()}-${loop}-${n}`
    const startedAt = performance.now()
    messages.set(id, { startedAt, waitingFor: room.members.length })
    await sendText(http, person, room.roomId, id, {
      body: `message ${n} of ${senders}`,
      bench: { id, loop, n },
    })
    result.sendMs.push(performance.now() - startedAt)
    result.sent++
  }
}

let loads = 0
/** Tells one run's ids from the next one's. */
function load(): number {
  return loads
}

/** Follows one person's sync from now on; resolves once the first answer is there. */
async function listen(
  http: HttpClient,
  person: Person,
  messages: Map<string, Message>,
  result: ChatResult,
  signal: AbortSignal,
): Promise<{ ended: Promise<void> }> {
  loads++
  const newest = new Map<string, number>()
  const seen = new Set<string>()
  let { next_batch: since } = await sync(http, person, { filter: { room: { timeline: { limit: 1 } } } })

  async function follow(): Promise<void> {
    while (!signal.aborted) {
      const answer = await sync(http, person, {
        since,
        timeoutMs: 30_000,
        signal,
        filter: { room: { timeline: { limit: 500 } } },
      })
      const arrivedAt = performance.now()
      since = answer.next_batch
      for (const [roomId, room] of Object.entries(answer.rooms?.join ?? {})) {
        for (const { content } of room.timeline?.events ?? []) {
          const bench = content['bench'] as { id: string; loop: number; n: number } | undefined
          const message = bench && messages.get(bench.id)
          if (!message) continue
          if (seen.has(bench.id)) result.duplicated++
          seen.add(bench.id)
          const key = `${roomId} ${bench.loop}`
          if (bench.n < (newest.get(key) ?? -1)) result.reordered++
          newest.set(key, bench.n)
          message.waitingFor--
          if (message.waitingFor === 0) result.deliveryMs.push(arrivedAt - message.startedAt)
        }
      }
    }
  }
  return {
    ended: follow().catch((error: unknown) => {
      if (!signal.aborted) throw error
    }),
  }
}
