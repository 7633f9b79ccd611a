import Type from 'typebox'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { refuseHttp } from '../../../platform/http/refusals.ts'
import type { JsonValue } from '../../../platform/json.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import { formatToken, parseToken } from '../../../platform/stream/token.ts'
import type { Outcome } from '../rules/evaluate.ts'
import type { PushService } from '../service.ts'

const pageLimit = { fallback: 20, max: 100 }
const Query = Type.Object({
  from: Type.Optional(Type.String()),
  limit: Type.Optional(Type.String({ pattern: '^[0-9]{1,9}$' })),
  only: Type.Optional(Type.String()),
})

/** https://spec.matrix.org/v1.19/client-server-api/#listing-notifications */
export function notificationRoutes(app: App, push: PushService, stream: Pick<Stream, 'position'>): void {
  app.get(
    '/_matrix/client/v3/notifications',
    { config: { access: 'user', limit: 'push-notifications' }, schema: { querystring: Query } },
    async (request) => {
      const { from, limit, only } = request.query
      const { userId, sessionId } = callerOf(request)
      const size = limit === undefined ? pageLimit.fallback : Math.min(Number(limit), pageLimit.max)
      const { notifications, next } = await push.notifications({
        viewer: { userId, sessionId },
        from: from === undefined || from === '' ? stream.position() : positionIn(from),
        limit: Math.max(1, size),
        highlightsOnly: only === 'highlight',
      })
      return {
        notifications: notifications.map(({ event, shown, outcome, read }) => ({
          actions: actionsOf(outcome),
          event: shown,
          read,
          room_id: event.roomId,
          ts: event.originServerTs,
        })),
        ...(next !== undefined && { next_token: formatToken({ position: next }) }),
      }
    },
  )
}

function positionIn(token: string): number {
  const parsed = parseToken(token)
  if (!parsed) throw refuseHttp('http.parameter_invalid', 'from is not a token of this server')
  return parsed.position
}

/** https://spec.matrix.org/v1.19/client-server-api/#actions */
function actionsOf({ highlight, sound }: Outcome): JsonValue[] {
  return [
    'notify',
    ...(sound === undefined ? [] : [{ set_tweak: 'sound', value: sound }]),
    ...(highlight ? [{ set_tweak: 'highlight' }] : []),
  ]
}
