import { burnPrimary, burnStandby } from './burns.ts'
import { fullDisk, killEtcd, oneWayLoss, slowSite, stalledDisk } from './faults.ts'
import { isolatePrimary } from './partitions.ts'
import type { Scenario } from './scenario.ts'

/** Everything that the drill can do to the sites. */
export const scenarios: readonly Scenario[] = [
  burnPrimary,
  burnStandby,
  isolatePrimary,
  oneWayLoss,
  slowSite,
  stalledDisk,
  fullDisk,
  killEtcd,
]
