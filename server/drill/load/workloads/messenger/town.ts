import { login, type Person, register, roomOf, type SyncEvent } from '../../../../test/support/person.ts'
import { createHonestClient, type HonestClient } from '../../honest-client.ts'
import type { WorkloadContext } from '../../types.ts'
import { type Device, startDevice } from './device.ts'
import type { Population } from './population.ts'

/** Everybody registered, the rooms filled, every main device following. */
export type Town = Population & {
  roomIds: string[]
  inhabitants: { name: string; home: number; device: Device }[]
  /** Told to whoever listens: everything that arrives at any device, and everything that should never happen. */
  arrival: { on: (event: SyncEvent, roomId: string, at: number, device: Person) => void }
  defect: { on: (who: string, error: unknown) => void }
  newDevice(client: HonestClient, person: Person): Promise<Device>
  newClient(home: number): HonestClient
}

const atOnce = 4

export async function settleTown(context: WorkloadContext, population: Population): Promise<Town> {
  const { clock, random, recorder, sites, people } = context
  const arrival: Town['arrival'] = { on: () => {} }
  const defect: Town['defect'] = { on: (_, error) => context.log(`while settling: ${error}`) }
  const run = random.text(6).toLowerCase()
  const newClient = (home: number) => createHonestClient({ clock, random, recorder }, sites, home)
  const newDevice = (client: HonestClient, person: Person) =>
    startDevice(
      { clock },
      client,
      person,
      (event, roomId, at) => arrival.on(event, roomId, at, person),
      (error) => defect.on(`${person.userId} ${person.deviceId}`, error),
    )

  const names = Array.from({ length: people }, (_, i) => `${run}-${i}`)
  const settlers = await mapSome(names, async (name, i) => {
    const home = i % sites.length
    const client = newClient(home)
    return { name, home, client, person: await settle(client, name) }
  })
  context.log(`${people} people registered`)
  const roomIds = await mapSome(population.rooms, async (members) => {
    const present = members.flatMap((i) => settlers[i] ?? [])
    const client = present[0]?.client
    if (!client) throw new Error('a room needs somebody')
    return roomOf(
      once(client),
      present.map(({ person }) => person),
    )
  })
  context.log(
    `${roomIds.length} rooms, the largest of ${Math.max(...population.rooms.map(({ length }) => length))}`,
  )
  const inhabitants = await mapSome(settlers, async ({ name, home, client, person }) => ({
    name,
    home,
    device: await newDevice(client, person),
  }))
  return { ...population, roomIds, inhabitants, arrival, defect, newDevice, newClient }
}

async function settle(client: HonestClient, name: string): Promise<Person> {
  return register(once(client), name).catch(() => login(once(client), name))
}

/** A client that asks one site at a time: what it asks carries no id of its own. */
function once(client: HonestClient): HonestClient {
  return {
    ...client,
    send: (method, path, options) => client.send(method, path, { ...options, hedge: false }),
  }
}

async function mapSome<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  for (let i = 0; i < items.length; i += atOnce)
    results.push(...(await Promise.all(items.slice(i, i + atOnce).map((item, k) => work(item, i + k)))))
  return results
}
