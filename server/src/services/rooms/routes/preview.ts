import { compileEventFilter } from '../../../platform/filters/event-filter.ts'
import type { Caller } from '../../../platform/http/access.ts'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import type { JsonObject } from '../../../platform/json.ts'
import { formatToken } from '../../../platform/stream/token.ts'
import type { AccountData } from '../../account-data/api.ts'
import type { RoomActions } from '../operations/room-actions.ts'
import type { RoomsService } from '../service.ts'
import { viewerOf } from './events.ts'
import { RoomParams, roomPath } from './paths.ts'

/** Newest messages that a preview shows; the endpoint has no parameter for it. */
const messagesMax = 20

/** https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidinitialsync */
export function roomPreviewRoutes(
  app: App,
  rooms: RoomsService,
  actions: RoomActions,
  accountData: Pick<AccountData, 'changes'>,
): void {
  app.get(
    `${roomPath}/initialSync`,
    { config: { access: 'guest' }, schema: { params: RoomParams } },
    async (request) => initialSync({ rooms, actions, accountData }, callerOf(request), request.params.roomId),
  )
}

type Deps = { rooms: RoomsService; actions: RoomActions; accountData: Pick<AccountData, 'changes'> }

/** The room as the person sees it: now, or as it was when they left. */
async function initialSync(
  { rooms, actions, accountData }: Deps,
  caller: Caller,
  roomId: string,
): Promise<JsonObject> {
  const viewer = viewerOf(caller)
  const { perspective, at } = await rooms.reads.viewpointOf(caller.userId, roomId)
  const end = at === 'now' ? await rooms.reads.headPosition(roomId) : at
  const [page, state, membership, published, kept] = await Promise.all([
    rooms.reads.readMessages({
      roomId,
      perspective,
      direction: 'backwards',
      from: end,
      to: undefined,
      limit: messagesMax,
      matcher: compileEventFilter({}),
    }),
    rooms.stateAt(roomId, end),
    rooms.membership(roomId, caller.userId),
    actions.isPublished(roomId),
    accountData.changes(caller.userId, 0, Number.MAX_SAFE_INTEGER),
  ])
  const [chunk, presentedState] = await Promise.all([
    rooms.present(page.events.toReversed(), viewer, { withRoomId: true, bundle: true }),
    rooms.present(state, viewer, { withRoomId: true }),
  ])
  return {
    room_id: roomId,
    ...(membership !== undefined && { membership }),
    messages: {
      ...(page.end !== undefined && { start: formatToken({ position: page.end }) }),
      end: formatToken({ position: end }),
      chunk,
    },
    state: presentedState,
    visibility: published ? 'public' : 'private',
    account_data: kept
      .filter((entry) => entry.roomId === roomId)
      .map(({ type, content }) => ({ type, content })),
  }
}
