import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import type { Rooms } from '../../rooms/api.ts'
import { refuse } from '../refusals.ts'
import type { PresenceService } from '../service.ts'
import { PersonParams, StatusAnswer, StatusBody, TypingBody, TypingParams } from '../wire.ts'

type Deps = { rooms: Pick<Rooms, 'membershipsOf' | 'requireJoined'> }

const statusPath = '/_matrix/client/v3/presence/:userId/status'
const typingDefaultMs = 30_000

export function presenceRoutes(app: App, presence: PresenceService, { rooms }: Deps): void {
  /** https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidtypinguserid */
  app.put(
    '/_matrix/client/v3/rooms/:roomId/typing/:userId',
    { config: { access: 'user', limit: 'typing' }, schema: { params: TypingParams, body: TypingBody } },
    async (request) => {
      const { roomId } = request.params
      const { userId } = callerOf(request)
      if (request.params.userId !== userId) throw refuse('presence.typing_foreign')
      await requireJoined(rooms, roomId, userId)
      const { typing, timeout = typingDefaultMs } = request.body
      presence.setTyping(roomId, userId, typing ? timeout : 0)
      return {}
    },
  )

  /** https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3presenceuseridstatus */
  app.put(
    statusPath,
    {
      config: { access: 'user', limit: 'presence-write' },
      schema: { params: PersonParams, body: StatusBody },
    },
    async (request) => {
      const { userId } = callerOf(request)
      if (request.params.userId !== userId) throw refuse('presence.status_foreign')
      presence.setStatus(userId, request.body.presence, request.body.status_msg)
      return {}
    },
  )

  /** https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3presenceuseridstatus */
  app.get(
    statusPath,
    { config: { access: 'user' }, schema: { params: PersonParams, response: { 200: StatusAnswer } } },
    async (request) => {
      const { userId } = callerOf(request)
      const target = request.params.userId
      // Somebody who does not exist and somebody who shares no room look the same.
      if (target !== userId && !(await shareRoom(rooms, userId, target))) throw refuse('presence.not_shared')
      return presence.status(target)
    },
  )
}

/** From memory when this node knows; somebody who has joined a moment ago is looked up. */
async function requireJoined(rooms: Deps['rooms'], roomId: string, userId: string): Promise<void> {
  const entry = (await rooms.membershipsOf(userId)).get(roomId)
  if (entry?.membership !== 'join') await rooms.requireJoined(roomId, userId)
}

async function shareRoom(rooms: Deps['rooms'], one: string, other: string): Promise<boolean> {
  if (other.includes('\0')) return false
  const [ofOne, ofOther] = await Promise.all([rooms.membershipsOf(one), rooms.membershipsOf(other)])
  for (const { roomId, membership } of ofOne.values())
    if (membership === 'join' && ofOther.get(roomId)?.membership === 'join') return true
  return false
}
