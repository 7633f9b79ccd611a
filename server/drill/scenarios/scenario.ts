import type { Random } from '../../src/platform/random.ts'
import type { Load, LoadWindow } from '../load/types.ts'
import type { Aim } from '../report/types.ts'
import type { Tools } from '../world/tools.ts'
import type { World } from '../world/world.ts'

/** Something that happens to the sites while people use them. */
export type Scenario = {
  name: string
  /** For people: `Burn the primary's site`. */
  title: string
  /** Whether a whole site is lost. */
  burn: boolean
  /** Whether `--quick` does it. */
  quick: boolean
  /** What it needs besides processes that can be killed. */
  needs?: readonly Need[]
  /** Marks the moment, does it, undoes it; when this ends the sites are level again. */
  run(context: ScenarioContext): Promise<Outcome>
  /** What it is to reach. */
  aims(window: LoadWindow, durations?: readonly number[]): Aim[]
}

/** `links`: that can be cut and slowed. `disks`: that can hang and be full. `filter`: a packet filter at a site. `clock`: one that is wrong. */
export type Need = 'links' | 'disks' | 'filter' | 'clock'

/** Why this machine cannot do a scenario; undefined when it can. */
export function reasonAgainst(
  { needs = [] }: Scenario,
  { tools, loopback }: { tools: Tools; loopback: boolean },
): string | undefined {
  const lacks: Record<Need, string | false> = {
    links: loopback && 'only root can make links that can be cut',
    disks: loopback && 'only root can make disks that hang',
    filter: loopback ? 'only root can filter packets' : !tools.nft && 'nft is missing (package nftables)',
    clock: !tools.libfaketime && 'libfaketime is missing (package faketime)',
  }
  return needs.map((need) => lacks[need]).find((reason) => reason !== false)
}

export type ScenarioContext = { world: World; load: Load; tools: Tools; random: Random }

export type Outcome = {
  site?: string
  /** From the repair to being level, without an operator. */
  rejoinS?: number
  notes: string[]
  operatorActions?: number
  /** Seconds that the operator's commands took, where an aim is about them. */
  durations?: readonly number[]
}

/** The aim that most scenarios share: nobody's message was given up, and nobody waited longer than this. */
export function outageAim(maxS: number): Scenario['aims'] {
  return ({ outageS, clients, sends, otherFailed }) => [
    {
      text: `nobody waits longer than ${maxS} s`,
      met: Math.max(outageS, clients.maxS) <= maxS,
      timed: true,
    },
    { text: 'no request is given up', met: sends.failed + otherFailed === 0 },
  ]
}
