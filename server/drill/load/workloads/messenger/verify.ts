import type { Clock } from '../../../../src/platform/clock.ts'
import type { Random } from '../../../../src/platform/random.ts'
import { checkHistory } from '../../../checks/check-history.ts'
import type { SendRecord, Timeline } from '../../../checks/history.ts'
import type { Violation } from '../../../checks/violation.ts'
import type { SiteAddress } from '../../types.ts'
import { createWitness, type Witness } from './check-server.ts'
import type { Device } from './device.ts'
import type { SharedFile } from './files.ts'
import { shuffled } from './population.ts'
import type { Town } from './town.ts'

type Kept = {
  town: Town
  records: readonly SendRecord[]
  /** Devices that have logged out. */
  former: readonly Device[]
  files: readonly SharedFile[]
  defects: readonly Violation[]
}

/** The newest ones, where damage is likeliest, and as many of all. */
const sampled = 20

/** Asks every site for everything that was promised. */
export async function verifyMessenger(
  { clock, random }: { clock: Clock; random: Random },
  sites: readonly SiteAddress[],
  { town, records, former, files, defects }: Kept,
): Promise<Violation[]> {
  const violations = [...defects]
  const add = (violation: Violation | undefined) => void (violation && violations.push(violation))
  const sample = <T>(items: readonly T[]) =>
    new Set([...items.slice(-sampled), ...shuffled(random, items).slice(0, sampled)])
  const people = town.inhabitants.map(({ device }) => device)
  const byUser = new Map(people.map((device) => [device.person.userId, device.person]))
  const acknowledged = records.filter(({ acknowledgedAt }) => acknowledgedAt !== undefined)
  const reader = people[0]?.person

  const timelines: Timeline[] = []
  const askEverywhere = (ask: (witness: Witness) => Promise<void>) =>
    Promise.all(
      sites.map(async (site) => {
        const witness = createWitness({ clock }, site)
        try {
          await ask(witness)
        } catch (error) {
          add({ what: 'session', detail: `cannot be asked: ${error}`, site: site.name, at: clock.now() })
        } finally {
          witness.close()
        }
      }),
    )
  await askEverywhere(async (witness) => {
    // Before the rooms are read, so that a repetition which made a second event is found there, too.
    for (const record of sample(acknowledged)) {
      const sender = byUser.get(record.who)
      if (sender) add(await witness.repeat(record, sender))
    }
    for (const { person } of people) add(await witness.session(person, true))
    for (const { person } of former.slice(-sampled)) add(await witness.session(person, false))
    if (reader) for (const file of sample(files)) add(await witness.file(file, reader))
  })
  await askEverywhere(async (witness) => {
    for (const [i, roomId] of town.roomIds.entries()) {
      const member = people[town.rooms[i]?.[0] ?? 0]?.person
      if (member) timelines.push(await witness.timeline(roomId, member))
    }
  })
  const devices = [...people, ...former].map(({ view }) => view)
  violations.push(...checkHistory({ sends: records, devices }, timelines, clock.now()))
  return violations
}
