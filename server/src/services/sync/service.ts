import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/db/database.ts'
import type { Log } from '../../platform/log.ts'
import type { Random } from '../../platform/random.ts'
import type { Stream } from '../../platform/stream/stream.ts'
import type { AccountData } from '../account-data/api.ts'
import type { Keys } from '../keys/api.ts'
import type { Presence } from '../presence/api.ts'
import type { Push } from '../push/api.ts'
import type { Receipts } from '../receipts/api.ts'
import type { Rooms } from '../rooms/api.ts'
import type { ToDevice } from '../to-device/api.ts'
import type { Sync } from './api.ts'
import type { SyncSettings } from './config.ts'
import { createStoredFilters, type StoredFilters } from './filters/stored-filters.ts'
import { createLazyMembers } from './lazy-members.ts'
import { createNeighbours } from './neighbours.ts'
import { slidingSync } from './operations/sliding-sync.ts'
import { sync } from './operations/sync.ts'
import { type Connections, createConnections } from './sliding/connections.ts'
import { createOwnMarks } from './sliding/own-marks.ts'
import { createChanges } from './waiting/changes.ts'
import { createOnlinePeople } from './waiting/online-people.ts'

export type SyncServiceDeps = {
  db: Database
  stream: Stream
  clock: Clock
  log: Log
  random: Random
  settings: SyncSettings
  rooms: Rooms
  accountData: AccountData
  receipts: Receipts
  presence: Presence
  toDevice: ToDevice
  keys: Keys
  push: Push
}

/** What this service's own routes use beyond `Sync`. */
export type SyncService = Sync & {
  filters: StoredFilters
  connections: Pick<Connections, 'forgetDevices' | 'forgetUser' | 'expire'>
}

/** Create it after the services it shows and before `stream.start()`: it listens to all of them. */
export function createSync(deps: SyncServiceDeps): SyncService {
  const { stream, settings, rooms, presence } = deps
  const changes = createChanges(() => stream.position())
  const people = createOnlinePeople(deps)
  const filters = createStoredFilters({ db: deps.db, config: settings })
  const connections = createConnections({ ...deps, config: settings })
  const sources = {
    ...deps,
    changes,
    ownMarks: createOwnMarks({ ...deps, changes }),
    neighbours: createNeighbours({ rooms, changes }),
    lazyMembers: createLazyMembers(settings.lazyMembersMax),
    config: settings,
  }
  rooms.onEvents((events) => {
    changes.takeEvents(events)
    people.takeEvents(events)
  })
  stream.onAdvance((position, moves) => {
    changes.takeMoves(moves)
    people.advanced(position, moves)
  })
  presence.onChange((change) => people.softly(change))

  return {
    sync: (request) => sync({ ...deps, sources, filters, people }, request),
    slidingSync: (request) => slidingSync({ ...deps, sources, connections, people }, request),
    drain: () => people.close(),
    resume: () => people.resume(),
    filters,
    connections,
  }
}
