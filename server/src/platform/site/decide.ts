import type { PatroniKeys } from './patroni-keys.ts'
import type { ReportKey, WatchKeys } from './watch-keys.ts'

/** What Patroni at a surviving site says of its PostgreSQL. */
export type MemberStatus = {
  name: string
  /** PostgreSQL runs there as a standby. */
  standby: boolean
  /** It still receives WAL from somewhere. */
  streaming: boolean
  /** How far it has received or replayed, in bytes. */
  position: number
}

/** Everything the decision depends on, at one moment. */
export type Situation = {
  self: { site: string; node: string }
  sites: readonly string[]
  /** DURE_SITE_WATCHER is `off`. */
  off: boolean
  reachable: readonly string[]
  unreachable: readonly string[]
  patroni: PatroniKeys
  watch: WatchKeys
  isFresh: (report: ReportKey) => boolean
  /** Of the own site and those it reaches. */
  members: readonly MemberStatus[]
  /** Since this node has known the challenge; undefined when there is none. */
  challengedMs: number | undefined
  /** How long a leader has to answer a challenge. */
  answerMs: number
}

/** Why nothing is done. The last ones are about a leader that this node misses; those are counted. */
export type Reason =
  | 'no_leader'
  | 'leader_is_here'
  | 'leader_answers'
  | 'leader_unknown'
  | 'switched_off'
  | 'stopped'
  | 'paused'
  | 'failover_requested'
  | 'others_missing'
  | 'others_disagree'
  | 'not_synchronous'
  | 'no_candidate'
  | 'too_few_votes'
  | 'backing_off'
  | 'challenge_pending'
  | 'leader_answered'
  | 'still_streaming'

/** What a step is about; every compare of the transaction is made from what was observed. */
export type Step = { leader: string; agreeing: readonly ReportKey[] }

export type Verdict = { step: 'nothing'; reason: Reason } | { step: 'challenge' | 'release'; about: Step }

/**
 * Whether to do something about the leader's site, and why not. A pure function: see the README for what each
 * condition is there for.
 */
export function decide(situation: Situation): Verdict {
  const { patroni, self, sites, unreachable } = situation
  const leader = patroni.leader?.value
  if (leader === undefined) return nothing('no_leader')
  if (leader === self.site) return nothing('leader_is_here')
  // A member carries the name of its site. Any other name is a member that is not ours to judge.
  if (!sites.includes(leader)) return nothing('leader_unknown')
  if (!unreachable.includes(leader)) return nothing('leader_answers')

  const refusal = whyNotAtAll(situation)
  if (refusal) return nothing(refusal)
  const agreeing = agreement(situation, leader)
  if (typeof agreeing === 'string') return nothing(agreeing)
  const lacking = whyNobodyCouldLead(situation, leader)
  if (lacking) return nothing(lacking)
  return nextStep(situation, { leader, agreeing })
}

function nothing(reason: Reason): Verdict {
  return { step: 'nothing', reason }
}

function whyNotAtAll({ off, watch, patroni }: Situation): Reason | undefined {
  if (off) return 'switched_off'
  if (watch.stop) return 'stopped'
  if (patroni.config?.paused !== false) return 'paused'
  if (patroni.failover?.requested) return 'failover_requested'
  return undefined
}

/**
 * The reports of a majority of sites, the own one among them, that all miss the leader's site and see one another.
 * A site whose nodes do not all agree, or that this one reaches and that says nothing, is an objection.
 */
function agreement(
  { self, sites, reachable, watch, isFresh }: Situation,
  leader: string,
): readonly ReportKey[] | Reason {
  const fresh = watch.reports.filter(isFresh)
  const asked = [self.site, ...reachable]
  const agreeing: ReportKey[] = []
  for (const site of asked) {
    const reports = fresh.filter((report) => report.site === site)
    if (reports.length === 0) return 'others_missing'
    if (!reports.every((report) => agrees(report, leader, asked))) return 'others_disagree'
    agreeing.push(...reports)
  }
  if (!agreeing.some(({ site, node }) => site === self.site && node === self.node)) return 'others_missing'
  return asked.length > sites.length / 2 ? agreeing : 'others_missing'
}

function agrees(report: ReportKey, leader: string, asked: readonly string[]): boolean {
  const others = asked.filter((site) => site !== report.site)
  return report.unreachable.includes(leader) && others.every((site) => report.reachable.includes(site))
}

/**
 * Patroni lets a standby lead when it has the votes of enough others in /sync and does not lag too far behind. When
 * nobody can win that race, there is nothing to gain by opening it.
 */
function whyNobodyCouldLead({ patroni, members }: Situation, leader: string): Reason | undefined {
  const { sync, config, lastPosition } = patroni
  if (!sync || sync.leader !== leader || !config) return 'not_synchronous'
  const voting = members.filter(
    ({ name, standby }) => standby && name !== leader && sync.voters.includes(name),
  )
  if (!voting.some(({ position }) => lastPosition - position <= config.maximumLagBytes)) return 'no_candidate'
  return voting.length > sync.quorum ? undefined : 'too_few_votes'
}

function nextStep({ patroni, watch, members, challengedMs, answerMs }: Situation, about: Step): Verdict {
  const { challenge } = watch
  const ours =
    challenge?.leader === about.leader && challenge.leaderRevision === patroni.leader?.createRevision
  if (!ours || challengedMs === undefined) {
    return watch.backoff || challenge ? nothing('backing_off') : { step: 'challenge', about }
  }
  if (patroni.members.has(about.leader)) return nothing('leader_answered')
  if (challengedMs < answerMs) return nothing('challenge_pending')
  if (members.some(({ name, streaming }) => streaming && name !== about.leader))
    return nothing('still_streaming')
  return { step: 'release', about }
}
