import { setTimeout as sleep } from 'node:timers/promises'
import type { Site } from '../world/site.ts'
import { type Outcome, outageAim, type Scenario, type ScenarioContext } from './scenario.ts'

const darkMs = 20_000
const afterwardsMs = 3000

export const burnPrimary: Scenario = {
  name: 'burn-primary',
  title: 'Burn the primary’s site',
  burn: true,
  quick: true,
  run: async (context) => burn(context, await context.world.primary()),
  aims: (window) => [
    { text: 'outage p99 at most 8 s', met: window.clients.p99S <= 8, timed: true },
    ...outageAim(15)(window),
  ],
}

export const burnStandby: Scenario = {
  name: 'burn-standby',
  title: 'Burn a standby’s site',
  burn: true,
  quick: true,
  async run(context) {
    const { world, random } = context
    const primary = await world.primary()
    const standbys = world.sites.filter((site) => site !== primary)
    return burn(context, standbys[random.below(standbys.length)] ?? primary)
  },
  aims: (window) => [
    { text: 'outage p99 at most 1 s', met: window.clients.p99S <= 1, timed: true },
    ...outageAim(15)(window),
  ],
}

/** The site goes dark, the others carry on, and it comes back by itself when its machines do. */
async function burn({ world, load }: ScenarioContext, site: Site): Promise<Outcome> {
  const wasPrimary = (await world.primary()) === site
  const started = performance.now()
  await Promise.all([load.mark(`${site.name} burns`, site.name), world.burn(site)])
  const notes: string[] = []
  if (wasPrimary) {
    const promoted = await world.primary()
    notes.push(`${promoted.name} accepted writes after ${seconds(started)} s`)
  }
  await sleep(Math.max(0, darkMs - (performance.now() - started)))
  await world.restore(site)
  const rejoinS = await world.level()
  await sleep(afterwardsMs)
  return { site: site.name, rejoinS, notes }
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1)
}
