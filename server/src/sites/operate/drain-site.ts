import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/db/database.ts'
import { markDrained, unmarkDrained } from '../../platform/site/drain.ts'
import { type SitesFile, siteNamed } from '../../platform/site/sites-file.ts'
import type { NodeClient } from './node-client.ts'
import type { Member, PatroniClient } from './patroni-client.ts'

export type DrainDeps = {
  db: Database
  clock: Clock
  patroni: PatroniClient
  nodes: NodeClient
  /** Tells the operator. */
  say: (line: string) => void
}

const askAgainMs = 250
const moveMs = 30_000
const leaveMs = 60_000

/**
 * Takes a site out of service under load: PostgreSQL leads elsewhere first, then its node sends everybody away. Resolves when
 * nobody is left there. Throws, having changed nothing, when no other site is ready to take over. It can be repeated.
 */
export async function drainSite(deps: DrainDeps, file: SitesFile, name: string): Promise<void> {
  const { db, clock, nodes, say } = deps
  const site = siteNamed(file, name)
  const others = file.sites.filter((other) => other !== site)
  const ready = await Promise.all(others.map((other) => nodes.isReady(other)))
  if (!ready.includes(true))
    throw new Error(`no other site is ready: draining ${name} would leave nobody to serve`)
  others.forEach((other, index) => {
    if (ready[index] !== true)
      say(`warning: ${other.name} is not ready; the rest of the sites carry its load as well`)
  })

  await moveDatabase(deps, name)
  await markDrained(db, name, clock.now())
  say(`${name} is leaving: fronts send nobody there any more`)
  const until = clock.now() + leaveMs
  for (;;) {
    const status = await nodes.drain(site)
    if (status === undefined) return say(`${name}: its node does not run; it will serve nobody until undrain`)
    if (status.state === 'away' && status.requestsInFlight === 0) return say(`${name} is drained`)
    if (clock.now() >= until)
      throw new Error(
        `${name} still has ${status.requestsInFlight} requests in flight after ${leaveMs / 1000} s`,
      )
    await clock.sleep(askAgainMs)
  }
}

/** Brings a drained site back. Resolves when its node is ready. PostgreSQL stays where it leads. */
export async function undrainSite(deps: DrainDeps, file: SitesFile, name: string): Promise<void> {
  const { db, clock, nodes, say } = deps
  const site = siteNamed(file, name)
  await unmarkDrained(db, name)
  const until = clock.now() + leaveMs
  while ((await nodes.isReady(site)) !== true) {
    if (clock.now() >= until)
      throw new Error(`${name} is not ready after ${leaveMs / 1000} s: look at its node`)
    await clock.sleep(askAgainMs)
  }
  say(`${name} serves again`)
}

/** Lets PostgreSQL lead at the best other site, when it leads at this one. */
async function moveDatabase({ patroni, clock, say }: DrainDeps, name: string): Promise<void> {
  const { members } = await patroni.cluster()
  const leader = members.find(({ role }) => role === 'leader')
  if (leader?.name !== name) return say(`the database leads at ${leader?.name ?? 'no site'}, not at ${name}`)
  const candidate = bestCandidate(members)
  if (!candidate) throw new Error(`the database leads at ${name}, and no other site's is level with it`)
  const startedMs = clock.now()
  await patroni.switchover(name, candidate.name)
  const until = clock.now() + moveMs
  for (;;) {
    const now = (await patroni.cluster()).members.find(({ role }) => role === 'leader')
    if (now && now.name !== name && now.state === 'running')
      return say(`the database leads at ${now.name} after ${((clock.now() - startedMs) / 1000).toFixed(1)} s`)
    if (clock.now() >= until) throw new Error(`the database still leads at ${name} after ${moveMs / 1000} s`)
    await clock.sleep(askAgainMs)
  }
}

/** One that takes part in the quorum, streams, and is least behind. */
export function bestCandidate(members: readonly Member[]): Member | undefined {
  const behind = ({ lag }: Member) => (typeof lag === 'number' ? lag : Number.POSITIVE_INFINITY)
  return members
    .filter(({ role, state }) => /^(quorum|sync)_standby$/.test(role) && state === 'streaming')
    .toSorted((one, other) => behind(one) - behind(other))[0]
}
