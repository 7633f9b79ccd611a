import { ok, type Person, roomOf, sendText, sync } from '../../test/support/person.ts'
import { median } from '../statistics.ts'
import type { BenchSite } from './bench-site.ts'

const loops = 64
const samples = 40

/** A room with a long history must be read as quickly as one with a short history. */
export async function benchLargeRoom(
  site: BenchSite,
  events: number,
  print: (text: string) => void,
): Promise<void> {
  const people = await site.people(10)
  const small = await roomOf(site.http, people)
  const large = await roomOf(site.http, people)
  await fill(site, people, small, 100)
  await fill(site, people, large, events)
  const [reader] = people
  if (!reader) return
  const lines = [`\nmedian ms in a room of 100 events and of ${events} events`]
  for (const [name, measure] of Object.entries(measures)) {
    const [smallMs, largeMs] = [
      await repeat(site, reader, small, measure),
      await repeat(site, reader, large, measure),
    ]
    lines.push(
      `${name.padEnd(28)} ${smallMs.toFixed(1).padStart(8)} ${largeMs.toFixed(1).padStart(8)}   ratio ${(largeMs / smallMs).toFixed(2)}`,
    )
  }
  print(lines.join('\n'))
}

type Measure = (
  site: BenchSite,
  reader: Person,
  roomId: string,
  round: number,
) => Promise<() => Promise<unknown>>

/** Each prepares, then gives what is to be timed. */
const measures: Record<string, Measure> = {
  '/messages backwards':
    async ({ http }, { token }, roomId) =>
    () =>
      http.send('GET', `${roomPath(roomId)}/messages?dir=b&limit=50`, { token }).then(ok),
  '/messages from the beginning':
    async ({ http }, { token }, roomId) =>
    () =>
      http.send('GET', `${roomPath(roomId)}/messages?dir=f&limit=50`, { token }).then(ok),
  'incremental /sync': async ({ http }, reader, roomId, round) => {
    const { next_batch: since } = await sync(http, reader, { filter: { room: { timeline: { limit: 1 } } } })
    await sendText(http, reader, roomId, `large-${round}`, {})
    return () => sync(http, reader, { since })
  },
  '/sync with a gap of 60': async ({ http }, reader, roomId, round) => {
    const { next_batch: since } = await sync(http, reader, { filter: { room: { timeline: { limit: 1 } } } })
    for (let i = 0; i < 60; i++) await sendText(http, reader, roomId, `gap-${round}-${i}`, {})
    return () => sync(http, reader, { since })
  },
}

async function repeat(site: BenchSite, reader: Person, roomId: string, measure: Measure): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < samples; round++) {
    const run = await measure(site, reader, roomId, round)
    const startedAt = performance.now()
    await run()
    times.push(performance.now() - startedAt)
  }
  return median(times)
}

async function fill(
  { http }: BenchSite,
  people: readonly Person[],
  roomId: string,
  count: number,
): Promise<void> {
  let sent = 0
  await Promise.all(
    Array.from({ length: Math.min(loops, count) }, async (_, loop) => {
      const person = people[loop % people.length]
      while (person && sent < count) {
        const n = sent++
        await sendText(http, person, roomId, `fill-${n}`, { body: `message ${n}` })
      }
    }),
  )
}

function roomPath(roomId: string): string {
  return `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}`
}
