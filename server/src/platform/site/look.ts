import { decide, type MemberStatus, type Verdict } from './decide.ts'
import type { Etcd } from './etcd.ts'
import { createFreshness } from './freshness.ts'
import { type PatroniKeys, patroniPrefix, readPatroniKeys } from './patroni-keys.ts'
import type { Questions } from './questions.ts'
import type { Reporter } from './reporter.ts'
import type { Steps } from './steps.ts'
import { readWatchKeys, type WatchKeys, watchPrefix } from './watch-keys.ts'

/** What a look found and concluded. */
export type Finding = { patroni: PatroniKeys; watch: WatchKeys; verdict: Verdict; atMs: number }

export type LookOptions = {
  cluster: string
  self: { site: string; node: string }
  /** Names of all sites, the own one among them. A Patroni member carries the name of its site. */
  sites: readonly string[]
  off: boolean
  answerMs: number
  /** A report that has not moved for this long is not heard. */
  freshMs: number
}

/** One look: reads etcd, tells the others what this node misses, decides, and takes the step that was decided. */
export function createLook(
  deps: { etcd: Etcd; questions: Questions; reporter: Reporter; steps: Steps; uptimeMs: () => number },
  options: LookOptions,
): (seen: { reachable: readonly string[]; unreachable: readonly string[] }) => Promise<Finding> {
  const { etcd, questions, reporter, steps, uptimeMs } = deps
  const { cluster, self, sites, off, answerMs, freshMs } = options
  const freshness = createFreshness(freshMs)
  let challenge: { revision: string; sinceMs: number } | undefined

  /** The time to answer begins when this node has seen the challenge, however long ago it was put. */
  function challengedMs({ challenge: found }: WatchKeys, nowMs: number): number | undefined {
    const revision = found?.key.modRevision
    if (revision === undefined) challenge = undefined
    else if (challenge?.revision !== revision) challenge = { revision, sinceMs: nowMs }
    return challenge && nowMs - challenge.sinceMs
  }

  async function membersAt(asked: readonly string[]): Promise<MemberStatus[]> {
    const members = await Promise.all(asked.map((site) => questions.memberAt(site)))
    return members.filter((member) => member !== undefined)
  }

  return async ({ reachable, unreachable }) => {
    const keys = await etcd.read([patroniPrefix(cluster), watchPrefix(cluster)])
    const nowMs = uptimeMs()
    const patroni = readPatroniKeys(cluster, keys)
    const watch = readWatchKeys(cluster, keys)
    const reports = watch.reports.map(({ key }) => key)
    freshness.observe(reports, nowMs)
    const isFresh = ({ key }: { key: { key: string } }) => freshness.isFresh(key.key, nowMs)

    // Who misses nobody speaks up too when another one does: its report is the objection.
    const missed = unreachable.length > 0 || watch.reports.some((report) => isFresh(report) && misses(report))
    await reporter.report(missed && !off ? { ...self, reachable, unreachable } : undefined)

    const verdict = decide({
      self,
      sites,
      off,
      reachable,
      unreachable,
      patroni,
      watch,
      isFresh,
      members: unreachable.length > 0 ? await membersAt([self.site, ...reachable]) : [],
      challengedMs: challengedMs(watch, nowMs),
      answerMs,
    })
    await steps.take(verdict, { cluster, patroni, watch })
    return { patroni, watch, verdict, atMs: nowMs }
  }
}

function misses({ unreachable }: { unreachable: readonly string[] }): boolean {
  return unreachable.length > 0
}
