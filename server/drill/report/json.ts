import { summarise } from './summary.ts'
import type { DrillReport } from './types.ts'

/** The report as tools read it: the figures of the summary first, in the names that were promised. */
export function json(report: DrillReport): string {
  const { scenarios, startedAt, finishedAt, ...rest } = report
  const summary = summarise(report)
  const document = {
    passed: summary.passed,
    promises_kept: summary.promisesKept,
    burns: summary.burns,
    lost: summary.lost,
    doubled: summary.doubled,
    violations: summary.violations,
    outage_p99_s: summary.outageP99S,
    outage_max_s: summary.outageMaxS,
    failed_after_retry: summary.failedAfterRetry,
    failed_requests_in_drain: summary.failedRequestsInDrain,
    operator_actions: summary.operatorActions,
    started_at: new Date(startedAt).toISOString(),
    finished_at: new Date(finishedAt).toISOString(),
    scenarios,
    ...rest,
  }
  return `${JSON.stringify(document, undefined, 1)}\n`
}
