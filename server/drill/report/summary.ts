import { percentile } from '../../bench/statistics.ts'
import type { LoadSeries } from '../load/types.ts'
import type { DrillReport, ScenarioRow } from './types.ts'

export type Summary = {
  burns: number
  lost: number
  doubled: number
  /** All broken promises, lost and doubled ones included. */
  violations: number
  /** Over every client in every burn: the longest time in which it wanted to send and could not. */
  outageP99S: number
  outageMaxS: number
  /** Sends and other requests that were given up after retrying, in all scenarios. */
  failedAfterRetry: number
  failedRequestsInDrain: number
  /** Without those of last-site mode, which is a decision of people. */
  operatorActions: number
  /** Nothing was lost or given up, and the sites came back by themselves, however long it took. */
  promisesKept: boolean
  /** Every aim was met as well. */
  passed: boolean
}

const lastSite = 'last-site'

/** The figures by which a drill is judged. */
export function summarise({ scenarios }: Pick<DrillReport, 'scenarios'>): Summary {
  const burns = scenarios.filter(({ burn }) => burn)
  const gaps = burns.flatMap(({ window }) => window.clients.gapsS)
  const violations = scenarios.flatMap((row) => row.violations)
  const missed = scenarios.flatMap(({ aims }) => aims.filter(({ met }) => !met))
  const count = (what: string) => violations.filter((violation) => violation.what === what).length
  return {
    burns: burns.length,
    lost: count('lost') + count('vanished'),
    doubled: count('doubled'),
    violations: violations.length,
    outageP99S: gaps.length > 0 ? percentile(gaps, 0.99) : 0,
    outageMaxS: Math.max(0, ...burns.map(({ window }) => Math.max(window.outageS, window.clients.maxS))),
    failedAfterRetry: sum(scenarios, ({ window }) => window.sends.failed + window.otherFailed),
    failedRequestsInDrain: sum(scenarios.filter(isPlanned), failedRequests),
    operatorActions: sum(
      scenarios.filter(({ scenario }) => scenario !== lastSite),
      (row) => row.operatorActions,
    ),
    promisesKept: violations.length === 0 && missed.every(({ timed }) => timed),
    passed: violations.length === 0 && missed.length === 0,
  }
}

/** A drain, an undrain, a rolling upgrade: nobody should notice. */
export function isPlanned({ scenario }: ScenarioRow): boolean {
  return /drain|upgrade/.test(scenario)
}

/**
 * Requests that a site took and did not answer as wanted, also those that the client then repeated with success. A door
 * that was shut before anything was asked, and a request that a second site answered sooner, failed nobody.
 */
export function failedRequests({
  window: { attempts, sends, otherFailed },
}: Pick<ScenarioRow, 'window'>): number {
  return (
    attempts.refused + attempts.unanswered + attempts.broken + attempts.error + sends.failed + otherFailed
  )
}

/** The seconds of a series between two moments. */
export function cut(series: LoadSeries, from: number, to: number): LoadSeries {
  const first = Math.max(0, Math.floor((from - series.startedAt) / 1000))
  const end = Math.ceil((to - series.startedAt) / 1000)
  return {
    startedAt: series.startedAt + first * 1000,
    sends: series.sends.slice(first, end),
    sites: series.sites.map(({ name, requests, errors }) => ({
      name,
      requests: requests.slice(first, end),
      errors: errors.slice(first, end),
    })),
    marks: series.marks.filter(({ at }) => at >= from && at <= to),
  }
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0)
}
