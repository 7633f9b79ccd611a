import type { Random } from '../../../../src/platform/random.ts'

/** Who is in which room, by number, and how much each person types. */
export type Population = {
  rooms: number[][]
  /** Share of all messages that a person types; together 1. */
  shares: number[]
}

/**
 * People as they are: one room with most of them, some with a handful, many with two; a few who type most of the time.
 * Everybody is in some room.
 */
export function createPopulation(random: Random, people: number): Population {
  const everybody = Array.from({ length: people }, (_, person) => person)
  const rooms: number[][] = []
  for (let rank = 1; rank <= people * 0.75; rank++) {
    const size = Math.min(people, Math.max(2, Math.round((0.6 * people) / rank)))
    rooms.push(shuffled(random, everybody).slice(0, size))
  }
  for (const person of everybody)
    if (!rooms.some((room) => room.includes(person)))
      rooms.push([person, (person + 1 + random.below(people - 1)) % people])

  const weights = shuffled(random, everybody).map((rank) => 1 / (rank + 4) ** 0.7)
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  return { rooms, shares: weights.map((weight) => weight / whole) }
}

export function shuffled<T>(random: Random, items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: random.below(2 ** 31) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

/** A number from 0 up to, not including, 1. */
export function unit(random: Random): number {
  return random.below(2 ** 31) / 2 ** 31
}

/** How long until the next of events that come independently, so many a second. */
export function nextAfterMs(random: Random, perSecond: number): number {
  return (-Math.log(1 - unit(random)) / perSecond) * 1000
}
