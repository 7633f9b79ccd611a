import { table as aligned } from '../../bench/statistics.ts'
import type { Violation } from '../checks/violation.ts'
import { failedRequests, type Summary, summarise } from './summary.ts'
import type { DrillReport, ScenarioRow } from './types.ts'

export const headings = [
  'scenario',
  'site',
  'nobody sent s',
  'client p50 s',
  'p99 s',
  'max s',
  'given up',
  'errors',
  'sends/s before',
  'after',
  'rejoin s',
  'broken',
  '',
] as const

export function cells(row: ScenarioRow): string[] {
  const { window, rejoinS, violations, aims } = row
  return [
    row.title,
    row.site ?? '',
    window.outageS.toFixed(2),
    window.clients.p50S.toFixed(2),
    window.clients.p99S.toFixed(2),
    window.clients.maxS.toFixed(2),
    String(window.sends.failed + window.otherFailed),
    String(failedRequests(row)),
    window.throughput.beforePerS?.toFixed(0) ?? '',
    window.throughput.afterPerS?.toFixed(0) ?? '',
    rejoinS?.toFixed(1) ?? '',
    String(violations.length),
    violations.length === 0 && aims.every(({ met }) => met) ? 'ok' : 'NOT MET',
  ]
}

/** One line as soon as a scenario is over. */
export function progressLine(row: ScenarioRow): string {
  const { window } = row
  const missed = row.aims.filter(({ met }) => !met).map(({ text }) => text)
  return [
    `${row.title}${row.site === undefined ? '' : ` (${row.site})`}:`,
    `${window.outageS.toFixed(2)} s without a successful send, slowest client ${window.clients.maxS.toFixed(2)} s,`,
    `${window.sends.acknowledged} sends, ${row.violations.length} broken promises`,
    ...(row.rejoinS === undefined ? [] : [`, level again after ${row.rejoinS.toFixed(1)} s`]),
    ...(missed.length === 0 ? [] : [`; not met: ${missed.join(', ')}`]),
  ]
    .join(' ')
    .replaceAll(' ,', ',')
    .replaceAll(' ;', ';')
}

/** A quick drill runs wherever changes are tried, beside whatever else runs there: its seconds are told and not judged. */
function verdict({ quick }: DrillReport, { passed, promisesKept }: Summary): string {
  if (passed) return 'PASSED'
  return promisesKept && quick ? 'PASSED, but for seconds that a quick drill does not judge' : 'NOT PASSED'
}

export function violationLine({ what, who, site, roomId, eventId, detail, at }: Violation): string {
  const about = [who, site, roomId, eventId].filter(Boolean).join(' ')
  return `${what}: ${about} ${new Date(at).toISOString()}: ${detail}`
}

/** The table at the end of a drill, for a terminal. */
export function table(report: DrillReport): string {
  const summary = summarise(report)
  const lines = [
    aligned([[...headings], ...report.scenarios.map(cells)]),
    '',
    `${summary.burns} burns: ${summary.lost} lost, ${summary.doubled} doubled; outage p99 ${summary.outageP99S.toFixed(2)} s, max ${summary.outageMaxS.toFixed(2)} s`,
    `${summary.failedAfterRetry} requests given up after retrying; ${summary.failedRequestsInDrain} failed while draining or upgrading; ${summary.operatorActions} operator actions`,
    ...report.scenarios.flatMap(({ title, violations }) =>
      violations.slice(0, 5).map((violation) => `${title}: ${violationLine(violation)}`),
    ),
    ...report.skipped.map(({ scenario, reason }) => `skipped ${scenario}: ${reason}`),
    `${verdict(report, summary)}; again: ${report.command}`,
  ]
  return `${lines.join('\n')}\n`
}
