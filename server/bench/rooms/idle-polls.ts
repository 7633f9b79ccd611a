import { setTimeout as sleep } from 'node:timers/promises'
import { roomOf, sendText, sync } from '../../test/support/person.ts'
import { cpuSeconds } from '../process-usage.ts'
import { median } from '../statistics.ts'
import type { BenchSite } from './bench-site.ts'

const peopleCount = 100
const quietSeconds = 10

/** Memory and CPU of a node that holds many idle long-polls, and what waking a few of them costs. */
export async function benchIdlePolls(
  site: BenchSite,
  polls: number,
  print: (text: string) => void,
): Promise<void> {
  const people = await site.people(peopleCount)
  const roomId = await roomOf(site.http, people.slice(0, 10))
  const before = site.usage()
  const stop = new AbortController()
  const tokens = await Promise.all(people.map(async (person) => (await sync(site.http, person)).next_batch))
  const waiting: Promise<unknown>[] = []
  for (let i = 0; i < polls; i++) {
    const [person, since] = [people[i % people.length], tokens[i % people.length]]
    if (!person) continue
    // The ten members of the one room are woken later; all others must sleep through it.
    if (i % people.length < 10 && i >= people.length) continue
    waiting.push(
      sync(site.http, person, { since, timeoutMs: 600_000, signal: stop.signal }).catch(() => undefined),
    )
    if (i % 200 === 199) await sleep(20)
  }
  await sleep(3000)
  const idleFrom = cpuSeconds(site.node.pid)
  await sleep(quietSeconds * 1000)
  const idleCpu = (cpuSeconds(site.node.pid) - idleFrom) / quietSeconds
  const [sender] = people
  const times: number[] = []
  for (let i = 0; sender && i < 50; i++) {
    const startedAt = performance.now()
    await sendText(site.http, sender, roomId, `idle-${i}`, {})
    times.push(performance.now() - startedAt)
  }
  const after = site.usage()
  print(
    `\n${waiting.length} idle long-polls of ${peopleCount} people: ${after.serverMiB.toFixed(0)} MiB resident (${before.serverMiB.toFixed(0)} before; aim <= 600), ` +
      `${(idleCpu * 100).toFixed(1)} % of a core while nothing happens, a send beside them ${median(times).toFixed(1)} ms median`,
  )
  stop.abort()
  await Promise.all(waiting)
}
