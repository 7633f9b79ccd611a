import type { Clock } from '../../src/platform/clock.ts'
import { createTestRandom } from '../../src/platform/testing/random.ts'
import { createNumbers } from './recorder.ts'
import type { Load, LoadOptions, RunningWorkload, Workload } from './types.ts'
import { messenger } from './workloads/messenger/messenger.ts'

/** Services to come add theirs here. */
const workloads: readonly Workload[] = [messenger]

export type RunOptions = Omit<LoadOptions, 'within'>

/** The load in this very process; `startLoad` puts it into one of its own. */
export async function runLoad({ clock }: { clock: Clock }, options: RunOptions): Promise<Load> {
  const { sites, seed, people = 40, sendsPerSecond = 20, log = () => {} } = options
  const numbers = createNumbers(
    { clock },
    sites.map(({ name }) => name),
  )
  const random = createTestRandom(seed)
  const running: RunningWorkload[] = []
  for (const workload of workloads)
    if (options.workloads?.includes(workload.name) ?? true)
      running.push(
        await workload.start({ sites, people, sendsPerSecond, clock, random, recorder: numbers, log }),
      )

  const each = async (act: (workload: RunningWorkload) => unknown) => {
    await Promise.all(running.map(act))
  }
  return {
    mark: async (text, site) => numbers.mark(text, site),
    window: async () => numbers.window(),
    series: async () => numbers.series(),
    settle: () => each((workload) => workload.settle()),
    resume: () => each((workload) => workload.resume()),
    async verify({ sites: asked = sites.map(({ name }) => name) } = {}) {
      const witnesses = sites.filter(({ name }) => asked.includes(name))
      return (await Promise.all(running.map((workload) => workload.verify(witnesses)))).flat()
    },
    stop: () => each((workload) => workload.stop()),
  }
}
