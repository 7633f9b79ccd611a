import type { VirtualTime } from './virtual-time.ts'

/** Three sites (or any number) whose directed links can be cut and slowed, and which can burn. */
export type VirtualNetwork = {
  readonly sites: readonly string[]
  setCuts(cuts: ReadonlySet<string>): void
  /** One way, for everything that goes into or out of the site. */
  setDelay(site: string, delayMs: number): void
  burn(site: string): void
  revive(site: string): void
  isAlive(site: string): boolean
  /** Whether a connection between the two works: it needs both directions. */
  connected(a: string, b: string): boolean
  /** The last time that the site was connected to no other one: since when, and until when (now, if it still is). */
  isolation(site: string): { sinceMs: number; untilMs: number } | undefined
  roundTripMs(a: string, b: string): number
}

export function link(from: string, to: string): string {
  return `${from}>${to}`
}

/** Every link between different sites, in a fixed order: bit n of a partition's shape is link n. */
export function allLinks(sites: readonly string[]): string[] {
  return sites.flatMap((from) => sites.filter((to) => to !== from).map((to) => link(from, to)))
}

export function createVirtualNetwork(time: VirtualTime, sites: readonly string[]): VirtualNetwork {
  let cut: ReadonlySet<string> = new Set()
  const dead = new Set<string>()
  const delays = new Map<string, number>()
  const isolations = new Map<string, { sinceMs: number; untilMs: number | undefined }>()

  const connected = (a: string, b: string) =>
    !dead.has(a) && !dead.has(b) && !cut.has(link(a, b)) && !cut.has(link(b, a))

  function change(apply: () => void): void {
    apply()
    for (const site of sites) {
      const isolated = sites.every((other) => other === site || !connected(site, other))
      const last = isolations.get(site)
      const ongoing = last !== undefined && last.untilMs === undefined
      if (isolated && !ongoing) isolations.set(site, { sinceMs: time.now(), untilMs: undefined })
      if (!isolated && last && ongoing) last.untilMs = time.now()
    }
  }

  return {
    sites,
    setCuts: (cuts) =>
      change(() => {
        cut = cuts
      }),
    setDelay: (site, delayMs) => void delays.set(site, delayMs),
    burn: (site) => change(() => dead.add(site)),
    revive: (site) => change(() => dead.delete(site)),
    isAlive: (site) => !dead.has(site),
    connected,
    isolation(site) {
      const last = isolations.get(site)
      return last && { sinceMs: last.sinceMs, untilMs: last.untilMs ?? time.now() }
    },
    roundTripMs: (a, b) => (a === b ? 1 : 2 + 2 * ((delays.get(a) ?? 0) + (delays.get(b) ?? 0))),
  }
}
