/** So many pieces of work at once; the others wait for their turn, in order. */
export type Places = { take<Value>(work: () => Promise<Value>): Promise<Value> }

export function createPlaces(count: number): Places {
  const waiting: (() => void)[] = []
  let free = count

  return {
    async take(work) {
      if (free > 0) free--
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await work()
      } finally {
        const next = waiting.shift()
        if (next) next()
        else free++
      }
    },
  }
}
