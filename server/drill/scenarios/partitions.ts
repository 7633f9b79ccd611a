import { setTimeout as sleep } from 'node:timers/promises'
import { outageAim, type Scenario } from './scenario.ts'

const apartMs = 30_000

/** Both sides are alive and clients reach both: only the majority may acknowledge anything. */
export const isolatePrimary: Scenario = {
  name: 'isolate-primary',
  title: 'Cut the primary off from the other sites',
  burn: false,
  quick: true,
  needs: ['links'],
  async run({ world, load }) {
    const primary = await world.primary()
    await Promise.all([load.mark(`${primary.name} is cut off`, primary.name), world.isolate(primary, true)])
    await sleep(apartMs)
    await world.isolate(primary, false)
    const rejoinS = await world.level()
    return {
      site: primary.name,
      rejoinS,
      // What the cut-off side had acknowledged alone would be missing from everybody's history now.
      notes: ['what the minority acknowledged alone would count as lost'],
    }
  },
  aims: outageAim(35),
}
