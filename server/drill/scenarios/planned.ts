import { setTimeout as sleep } from 'node:timers/promises'
import type { LoadWindow } from '../load/types.ts'
import { failedRequests } from '../report/summary.ts'
import type { Aim } from '../report/types.ts'
import type { Site } from '../world/site.ts'
import { upgradedServer } from '../world/upgrade.ts'
import type { World } from '../world/world.ts'
import type { Scenario } from './scenario.ts'

const outOfServiceMs = 5000

/** An operator takes the primary's site out of service under load, and brings it back. */
export const drain: Scenario = {
  name: 'drain',
  title: 'Drain the primary’s site, and bring it back',
  burn: false,
  quick: true,
  async run({ world, load }) {
    const site = await world.primary()
    await load.mark(`${site.name} is drained`, site.name)
    const drainS = await operate(world, site, 'drain')
    await sleep(outOfServiceMs)
    const undrainS = await operate(world, site, 'undrain')
    return {
      site: site.name,
      rejoinS: await world.level(),
      notes: [`drained in ${drainS.toFixed(1)} s`, `brought back in ${undrainS.toFixed(1)} s`],
      durations: [drainS],
    }
  },
  aims: plannedAims,
}

/** Every site in turn gets a version with a migration of its own, while the others serve; the primary's site comes last. */
export const rollingUpgrade: Scenario = {
  name: 'rolling-upgrade',
  title: 'Upgrade site by site, with an expand migration',
  burn: false,
  quick: false,
  async run({ world, load }) {
    const primary = await world.primary()
    const order = [...world.sites.filter((site) => site !== primary), primary]
    const upgraded = upgradedServer(primary.serverFolder, world.folder)
    await load.mark(`the sites are upgraded to ${upgraded.version}`)
    const durations: number[] = []
    for (const site of order) {
      durations.push(await operate(world, site, 'drain'))
      await site.node.stop()
      site.serverFolder = upgraded.folder
      site.node.start()
      await operate(world, site, 'undrain')
    }
    const rejoinS = await world.level()
    const longestS = Math.max(...durations)
    return { rejoinS, notes: [`each site was drained in at most ${longestS.toFixed(1)} s`], durations }
  },
  aims: plannedAims,
}

/** Runs the operator's command at another site, as somebody would who is about to work on this one; gives its seconds. */
async function operate(world: World, site: Site, verb: 'drain' | 'undrain'): Promise<number> {
  const startedAt = performance.now()
  const at = world.sites.find((other) => other !== site) ?? site
  await at.dure('sites', verb, site.name)
  return (performance.now() - startedAt) / 1000
}

function plannedAims(window: LoadWindow, durations: readonly number[] = []): Aim[] {
  return [
    // Timed, because a site leaves for five seconds before it is away: a client that is slower than that is refused once.
    { text: 'no request fails', met: failedRequests({ window }) === 0, timed: true },
    { text: 'drained within 60 s', met: Math.max(0, ...durations) <= 60, timed: true },
  ]
}
