import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Etcd } from './etcd.ts'
import { createLook, type Finding } from './look.ts'
import type { Questions } from './questions.ts'
import { createReach, type Reach, type View } from './reach.ts'
import { createReporter } from './reporter.ts'
import { createSteps } from './steps.ts'
import type { WatcherMetrics } from './watcher-metrics.ts'

export type WatcherDeps = {
  clock: Pick<Clock, 'after'>
  /** Milliseconds on a clock that only goes forward: setting the time of day must not make a site seem silent. */
  uptimeMs: () => number
  log: Log
  metrics: WatcherMetrics
  etcd: Etcd
  questions: Questions
}

export type WatcherOptions = {
  cluster: string
  self: { site: string; node: string }
  sites: readonly string[]
  /** Looks and counts, but neither reports nor acts. */
  off: boolean
}

export type WatcherStatus = {
  site: string
  node: string
  watcher: 'on' | 'off'
  leader: string | null
  sites: Record<string, View>
  /** What this node would do now, or what keeps it from doing anything. */
  verdict: string
  etcd: { endpoint: string; readMsAgo: number | null }
  stopped: boolean
  backingOff: boolean
  challenged: string | null
  lastRelease: string | null
}

export type Watcher = {
  start(): void
  status(): WatcherStatus
  close(): Promise<void>
}

/** How these follow from each other stands in the README. */
export const watcherTimes = {
  /** How often the other sites are asked, and etcd while a site is missed. */
  tickMs: 250,
  /** Without trouble etcd is read every so many ticks. */
  quietTicks: 4,
  /** Silence after which a site no longer counts as reachable. */
  troubledAfterMs: 1_000,
  /** Silence after which it counts as unreachable. */
  suspectAfterMs: 2_200,
  /** How long a challenged leader has to answer: every member's Patroni has been through its loop by then. */
  answerMs: 1_600,
  freshMs: 3_000,
}

/** Watches the other sites until it is closed. Nothing that goes wrong in here reaches the node. */
export function createWatcher(deps: WatcherDeps, options: WatcherOptions): Watcher {
  const { clock, uptimeMs, metrics, etcd, questions } = deps
  const { cluster, self, sites, off } = options
  const { tickMs, quietTicks, suspectAfterMs } = watcherTimes
  const others = sites.filter((site) => site !== self.site)
  const reach = createReach(others, { suspectAfterMs, tickMs }, uptimeMs())
  const reporter = createReporter(deps, { cluster, ...self })
  const steps = createSteps(deps, { cluster, by: self })
  const look = createLook({ ...deps, reporter, steps }, { cluster, self, sites, off, ...watcherTimes })
  const say = createSay(deps.log)

  let closed = false
  let cancelTick: () => void = () => undefined
  let ticks = 0
  let looking: Promise<void> | undefined
  let found: Finding | undefined

  function tick(): void {
    if (closed) return
    cancelTick = clock.after(tickMs, tick)
    ask()
    for (const site of others) metrics.reach(site, reach.view(site))
    const due = ticks++ % quietTicks === 0 || troubled(reach, others, found)
    if (due && !looking) {
      looking = lookOnce().finally(() => {
        looking = undefined
      })
    }
  }

  function ask(): void {
    for (const { site, way } of reach.tick(uptimeMs())) {
      questions.ask(site, way).then(
        () => reach.answered(site, way, uptimeMs()),
        () => reach.failed(site, way),
      )
    }
  }

  async function lookOnce(): Promise<void> {
    const unreachable = others.filter((site) => reach.view(site).unreachable)
    const reachable = others.filter((site) => isReachable(reach.view(site)))
    try {
      found = await look({ reachable, unreachable })
      const leader = found.patroni.leader?.value
      metrics.leader(sites, leader)
      const { verdict } = found
      if (leader !== undefined && unreachable.includes(leader) && verdict.step === 'nothing')
        metrics.refused(verdict.reason)
      say({ leader, unreachable, verdict: nameOf(found) })
    } catch (error) {
      if (closed) return
      metrics.etcdFailed()
      say({ unreachable, verdict: 'etcd_failed' }, error)
    }
  }

  return {
    start: tick,
    status: () => ({
      ...self,
      watcher: off ? 'off' : 'on',
      leader: found?.patroni.leader?.value ?? null,
      sites: Object.fromEntries(others.map((site) => [site, reach.view(site)])),
      verdict: nameOf(found),
      etcd: { endpoint: etcd.endpoint(), readMsAgo: found ? Math.round(uptimeMs() - found.atMs) : null },
      stopped: found?.watch.stop !== undefined,
      backingOff: found?.watch.backoff !== undefined,
      challenged: found?.watch.challenge?.leader ?? null,
      lastRelease: found?.watch.lastRelease ?? null,
    }),
    async close() {
      closed = true
      cancelTick()
      etcd.close()
      await looking
    },
  }
}

/** Somebody misses a site, or did until just now: then every tick counts. */
function troubled(reach: Reach, others: readonly string[], found: Finding | undefined): boolean {
  if (found && (found.watch.reports.length > 0 || found.watch.challenge)) return true
  return others.some((site) => !isReachable(reach.view(site)))
}

function isReachable({ silentMs }: View): boolean {
  return silentMs < watcherTimes.troubledAfterMs
}

function nameOf(found: Finding | undefined): string {
  if (!found) return 'etcd_failed'
  return found.verdict.step === 'nothing' ? found.verdict.reason : found.verdict.step
}

/** A line whenever what is thought changes, and none in between. */
function createSay(log: Log): (thought: Record<string, unknown>, error?: unknown) => void {
  let said = ''
  return (thought, error) => {
    const line = JSON.stringify(thought)
    if (line === said) return
    said = line
    log.info(
      { ...thought, ...(error !== undefined && { err: error }) },
      'sites: what the watcher sees changed',
    )
  }
}
