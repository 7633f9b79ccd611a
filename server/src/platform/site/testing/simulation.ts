import { Registry } from 'prom-client'
import { createLog } from '../../log.ts'
import type { Random } from '../../random.ts'
import type { Transaction } from '../etcd-json.ts'
import { leaderKeyOf, patroniPrefix } from '../patroni-keys.ts'
import type { Questions } from '../questions.ts'
import { watchKey } from '../watch-keys.ts'
import { createWatcher, type Watcher } from '../watcher.ts'
import { createWatcherMetrics } from '../watcher-metrics.ts'
import { createVirtualEtcd, type VirtualEtcd } from './virtual-etcd.ts'
import { createVirtualNetwork, type VirtualNetwork } from './virtual-network.ts'
import { VirtualPatroni } from './virtual-patroni.ts'
import { createVirtualTime, type VirtualTime } from './virtual-time.ts'

export const cluster = 'dure'
export const sites = ['a', 'b', 'c'] as const

export type Action = {
  step: 'challenge' | 'release'
  atMs: number
  by: string
  leader: string
  leaderRevision: string
  /** How long the leader's site was cut off from all others, the last time it was, and how long ago that ended. */
  cutOffMs: number
  connectedMs: number
}

export type Simulation = {
  time: VirtualTime
  network: VirtualNetwork
  etcd: VirtualEtcd
  actions: Action[]
  /** Promotions that would have lost an acknowledged commit. */
  lost: string[]
  leader(): string | undefined
  /** Longest time without an acknowledged commit, since the last call. */
  longestOutageMs(): number
  /** Processes that take connections and say nothing: `site/way`. */
  hung: Set<string>
  restartWatcher(site: string): void
  /** The watcher's process stood still for this long, as in a pause of its machine, and only its clock knows. */
  jumpClock(site: string, byMs: number): void
  runUntil(atMs: number): Promise<void>
  close(): Promise<void>
}

export type SimulationOptions = { random: Random; leader: string; watchers: boolean; off?: boolean }

const commitEveryMs = 100

/** Three sites with everything that the watcher meets, in virtual time. The named leader leads from the beginning. */
export async function createSimulation(options: SimulationOptions): Promise<Simulation> {
  const time = createVirtualTime()
  const network = createVirtualNetwork(time, sites)
  const etcd = createVirtualEtcd(time, network)
  const members = new Map<string, VirtualPatroni>()
  const watchers = new Map<string, Watcher>()
  const hung = new Set<string>()
  const ahead = new Map<string, number>()
  const actions: Action[] = []
  const lost: string[] = []
  const commits = followCommits(time, network, members, lost)

  etcd.onTransaction = (transaction, by) => {
    const step = stepOf(transaction)
    if (!step) return
    const { leader, leaderRevision } = about(transaction)
    const { sinceMs, untilMs } = network.isolation(leader) ?? { sinceMs: 0, untilMs: 0 }
    const cutOff = { cutOffMs: untilMs - sinceMs, connectedMs: time.now() - untilMs }
    actions.push({ step, atMs: time.now(), by, leader, leaderRevision, ...cutOff })
  }
  for (const site of sites) {
    const world = { time, network, etcd, cluster, members, promoted: commits.promoted }
    members.set(site, new VirtualPatroni(site, etcd.clientAt(site), world))
  }
  function startWatcher(site: string): void {
    const watcher = watcherAt(site)
    watchers.set(site, watcher)
    watcher.start()
  }
  function watcherAt(site: string): Watcher {
    const log = createLog('silent')
    const metrics = createWatcherMetrics(new Registry())
    const questions = questionsFrom(site, time, network, members, hung)
    return createWatcher(
      {
        clock: time,
        uptimeMs: () => time.now() + (ahead.get(site) ?? 0),
        log,
        metrics,
        etcd: etcd.clientAt(site),
        questions,
      },
      { cluster, self: { site, node: 'n' }, sites, off: options.off ?? false },
    )
  }

  bootstrap(etcd, options.leader)
  for (const site of sites) time.after(options.random.below(1_000), () => members.get(site)?.start())
  for (const site of sites) {
    // Drawn in any case, so that a seed means the same with and without watchers.
    const delayMs = options.random.below(1_000)
    if (options.watchers) time.after(delayMs, () => startWatcher(site))
  }

  return {
    time,
    network,
    etcd,
    actions,
    lost,
    hung,
    leader: () => etcd.store.read([leaderKeyOf(cluster)])[0]?.value,
    longestOutageMs: commits.longestOutageMs,
    restartWatcher(site) {
      void watchers.get(site)?.close()
      startWatcher(site)
    },
    jumpClock: (site, byMs) => void ahead.set(site, (ahead.get(site) ?? 0) + byMs),
    runUntil: time.runUntil,
    async close() {
      for (const watcher of watchers.values()) void watcher.close()
    },
  }
}

function bootstrap(etcd: VirtualEtcd, leader: string): void {
  const put = (name: string, value: string) => ({ put: { key: patroniPrefix(cluster) + name, value } })
  const standbys = sites.filter((site) => site !== leader)
  etcd.store.transact({
    compares: [],
    operations: [
      put('config', '{"maximum_lag_on_failover":67108864}'),
      put('sync', JSON.stringify({ leader, sync_standby: standbys.join(','), quorum: 1 })),
      put('leader', leader),
    ],
  })
}

function stepOf({ operations }: Transaction): Action['step'] | undefined {
  const puts = operations.flatMap((operation) => ('put' in operation ? [operation.put.key] : []))
  if (puts.includes(watchKey(cluster, 'challenge'))) return 'challenge'
  return puts.includes(watchKey(cluster, 'released')) ? 'release' : undefined
}

function about({ compares }: Transaction): { leader: string; leaderRevision: string } {
  const ofLeader = compares.filter(({ key }) => key === leaderKeyOf(cluster))
  const leader = ofLeader.flatMap((compare) => ('value' in compare ? [compare.value] : []))[0] ?? ''
  const leaderRevision = ofLeader.flatMap((compare) => ('create' in compare ? [compare.create] : []))[0] ?? ''
  return { leader, leaderRevision }
}

function questionsFrom(
  from: string,
  time: VirtualTime,
  network: VirtualNetwork,
  members: ReadonlyMap<string, VirtualPatroni>,
  hung: ReadonlySet<string>,
): Questions {
  function answered(to: string, answers: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = time.after(2_000, () => reject(new Error('no answer in time')))
      if (!network.connected(from, to)) return
      time.after(network.roundTripMs(from, to), () => {
        if (!network.connected(from, to) || !answers()) return
        cancel()
        resolve()
      })
    })
  }
  return {
    ask: (site, way) => answered(site, () => !hung.has(`${site}/${way}`)),
    async memberAt(site) {
      const came = await answered(site, () => !hung.has(`${site}/patroni`)).then(
        () => true,
        () => false,
      )
      return came ? members.get(site)?.status() : undefined
    },
  }
}

/** Commits a row every so often at whoever is a primary, and follows who received and who acknowledged what. */
function followCommits(
  time: VirtualTime,
  network: VirtualNetwork,
  members: ReadonlyMap<string, VirtualPatroni>,
  lost: string[],
): { promoted(member: VirtualPatroni): void; longestOutageMs(): number } {
  let acknowledged = 0
  let acknowledgedAtMs = 0
  let longestMs = 0

  function commit(): void {
    time.after(commitEveryMs, commit)
    for (const primary of members.values()) {
      if (!primary.isPrimary || !network.isAlive(primary.site)) continue
      // Writers wait for the acknowledgement, so only so much is ever under way.
      primary.position = Math.min(primary.position + 1, acknowledged + 5)
      const receivers = [...members.values()].filter(
        (standby) => standby.following === primary.site && network.connected(standby.site, primary.site),
      )
      for (const standby of receivers) {
        standby.position = primary.position
        standby.receivedAtMs = time.now()
      }
      if (!receivers.some(({ site }) => primary.names.includes(site))) continue
      acknowledged = Math.max(acknowledged, primary.position)
      longestMs = Math.max(longestMs, time.now() - acknowledgedAtMs)
      acknowledgedAtMs = time.now()
    }
  }
  time.after(commitEveryMs, commit)

  return {
    promoted({ site, position }) {
      if (position < acknowledged)
        lost.push(`${site} leads from ${position}, ${acknowledged} was acknowledged`)
      acknowledged = position
    },
    longestOutageMs() {
      const longest = Math.max(longestMs, time.now() - acknowledgedAtMs)
      longestMs = 0
      acknowledgedAtMs = time.now()
      return longest
    },
  }
}
