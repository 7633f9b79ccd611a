import type { Counts } from './operations/read-counts.ts'

/**
 * Key counts of devices, kept while they are true. A reader of the stream drops what changed; a count that is
 * being loaded meanwhile is not kept either, because it is dropped as the promise that it is.
 */
export type CountCache = {
  get(userId: string, deviceId: string): Promise<Counts>
  drop(userId: string): void
}

export function createCountCache(
  load: (userId: string, deviceId: string) => Promise<Counts>,
  peopleMax: number,
): CountCache {
  const people = new Map<string, Map<string, Promise<Counts>>>()

  return {
    get(userId, deviceId) {
      const devices = people.get(userId) ?? new Map<string, Promise<Counts>>()
      // Deleting first keeps the map in the order of use.
      people.delete(userId)
      people.set(userId, devices)
      if (people.size > peopleMax) people.delete(people.keys().next().value ?? userId)
      const known = devices.get(deviceId)
      if (known) return known
      const loading = load(userId, deviceId)
      devices.set(deviceId, loading)
      loading.catch(() => {
        if (devices.get(deviceId) === loading) devices.delete(deviceId)
      })
      return loading
    },
    drop: (userId) => void people.delete(userId),
  }
}
