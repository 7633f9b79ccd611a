import { Outage } from '../../../platform/refusal.ts'

/** Lets `atOnce` pieces of work run at the same time and `waitingMax` wait; refuses more with `Outage`. */
export type WorkLimit = { run<T>(work: () => Promise<T>): Promise<T> }

export function createWorkLimit({ atOnce, waitingMax }: { atOnce: number; waitingMax: number }): WorkLimit {
  const waiting: (() => void)[] = []
  let running = 0

  return {
    async run(work) {
      if (running >= atOnce) {
        if (waiting.length >= waitingMax) throw new Outage('this node has too much of this work waiting')
        // Whoever ends hands its place over, so `running` stays as it is.
        await new Promise<void>((resolve) => waiting.push(resolve))
      } else running += 1
      try {
        return await work()
      } finally {
        const next = waiting.shift()
        if (next) next()
        else running -= 1
      }
    },
  }
}
