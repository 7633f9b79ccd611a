import type { App } from '../../../platform/http/http.ts'
import type { AccountData } from '../../account-data/api.ts'
import type { RoomActions } from '../operations/room-actions.ts'
import type { RoomsService } from '../service.ts'
import { roomAdministrationRoutes } from './administration.ts'
import { aliasRoutes } from './aliases.ts'
import { creationRoutes } from './creation.ts'
import { directoryRoutes } from './directory.ts'
import { eventRoutes } from './events.ts'
import { historyRoutes } from './history.ts'
import { membershipRoutes } from './membership.ts'
import { mutualRoomRoutes } from './mutual-rooms.ts'
import { relationRoutes } from './relations.ts'
import { reportRoutes } from './reports.ts'
import { spaceRoutes } from './spaces.ts'
import { stateRoutes } from './state.ts'
import { threadRoutes } from './threads.ts'

/** The room endpoints of the Matrix client-server API. */
export function roomsRoutes(
  app: App,
  rooms: RoomsService,
  actions: RoomActions,
  accountData: Pick<AccountData, 'ignoredUsers'>,
): void {
  creationRoutes(app, actions)
  membershipRoutes(app, rooms, actions)
  aliasRoutes(app, rooms, actions)
  directoryRoutes(app, actions)
  eventRoutes(app, rooms, rooms.reads)
  stateRoutes(app, rooms, rooms.reads, actions)
  historyRoutes(app, rooms, rooms.reads)
  relationRoutes(app, rooms, rooms.reads)
  threadRoutes(app, rooms, accountData)
  mutualRoomRoutes(app, rooms.reads)
  reportRoutes(app, actions)
  roomAdministrationRoutes(app, rooms, actions)
  spaceRoutes(app, rooms.reads, actions)
}
