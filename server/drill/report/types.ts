import type { Violation } from '../checks/violation.ts'
import type { LoadSeries, LoadWindow } from '../load/types.ts'

/** What a whole drill found. `report/json.ts` writes the file that tools read. */
export type DrillReport = {
  seed: number
  /** What to type to run it again. */
  command: string
  quick: boolean
  startedAt: number
  finishedAt: number
  /** Of Dure, Node, PostgreSQL, Patroni, etcd, the kernel ... */
  versions: Readonly<Record<string, string>>
  machine: { processor: string; cpus: number; memoryGiB: number }
  /** The three sites and what lies between them, in words: `1 ms between sites, 2 to clients`. */
  network: string
  sites: readonly string[]
  load: { people: number; sendsPerSecond: number }
  scenarios: readonly ScenarioRow[]
  skipped: readonly { scenario: string; reason: string }[]
  series: LoadSeries
}

/** One scenario, run once. */
export type ScenarioRow = {
  /** `burn-primary`, `burn-standby`, `partition-primary`, `drain` ... */
  scenario: string
  /** For people: `Burn the primary's site`. */
  title: string
  round: number
  /** The site it was done to. */
  site?: string
  /** A whole site was lost: counted in `burns`. */
  burn: boolean
  startedAt: number
  finishedAt: number
  /** From the mark of the fault on. */
  window: LoadWindow
  violations: readonly Violation[]
  /** From the repair of the site to its being level again, without an operator. */
  rejoinS?: number
  /** Longer facts of this scenario: `promoted busan after 5.7 s`. */
  notes: readonly string[]
  operatorActions: number
  /** The scenario could not be carried to its end, such as `not level after 180 s`. */
  error?: string
  /** What it was to reach, judged by the scenario: `outage p99 <= 8 s`. */
  aims: readonly Aim[]
}

/** `timed`: about seconds, which a machine that is busy with something else misses for no fault of the sites. */
export type Aim = { text: string; met: boolean; timed?: boolean }
