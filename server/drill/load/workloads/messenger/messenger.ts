import type { Workload } from '../../types.ts'
import { startActivity } from './activity.ts'
import { createPopulation } from './population.ts'
import { settleTown } from './town.ts'

/** People in rooms of different sizes who write, read, share files, and log in and out with second devices. */
export const messenger: Workload = {
  name: 'messenger',
  async start(context) {
    const { random, people } = context
    const town = await settleTown(context, createPopulation(random, people))
    return startActivity(context, town)
  },
}
