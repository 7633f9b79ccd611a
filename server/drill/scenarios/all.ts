import { burnPrimary, burnStandby } from './burns.ts'
import { clockSkew, fullDisk, isolateNode, killEtcd, oneWayLoss, slowSite, stalledDisk } from './faults.ts'
import { lastSite } from './last-site.ts'
import { isolatePrimary } from './partitions.ts'
import { drain, rollingUpgrade } from './planned.ts'
import type { Scenario } from './scenario.ts'

/** Everything that the drill can do to the sites. */
export const scenarios: readonly Scenario[] = [
  burnPrimary,
  burnStandby,
  isolatePrimary,
  isolateNode,
  drain,
  rollingUpgrade,
  oneWayLoss,
  slowSite,
  stalledDisk,
  fullDisk,
  killEtcd,
  clockSkew,
  lastSite,
]
