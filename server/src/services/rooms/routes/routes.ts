import type { App } from '../../../platform/http/http.ts'
import type { RoomsService } from '../service.ts'
import { eventRoutes } from './events.ts'
import { historyRoutes } from './history.ts'
import { relationRoutes } from './relations.ts'
import { stateRoutes } from './state.ts'

/** The room endpoints of the Matrix client-server API. */
export function roomsRoutes(app: App, rooms: RoomsService): void {
  eventRoutes(app, rooms, rooms.reads)
  stateRoutes(app, rooms, rooms.reads, async () => undefined)
  historyRoutes(app, rooms, rooms.reads)
  relationRoutes(app, rooms, rooms.reads)
}
