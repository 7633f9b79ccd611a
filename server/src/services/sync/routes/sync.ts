import Type from 'typebox'
import { type Authenticate, callerOf } from '../../../platform/http/access.ts'
import { type App, accessTokenOf, masqueradeOf } from '../../../platform/http/http.ts'
import type { Sync } from '../api.ts'
import { asItIs, goneSignal } from './answering.ts'

const SyncQuery = Type.Object({
  filter: Type.Optional(Type.String()),
  since: Type.Optional(Type.String()),
  full_state: Type.Optional(Type.Boolean()),
  set_presence: Type.Optional(
    Type.Union([Type.Literal('offline'), Type.Literal('online'), Type.Literal('unavailable')]),
  ),
  timeout: Type.Optional(Type.Integer({ minimum: 0 })),
  use_state_after: Type.Optional(Type.Boolean()),
})

/** https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync */
export function syncRoutes(http: App, sync: Sync, callers: { authenticate: Authenticate }): void {
  http.get(
    '/_matrix/client/v3/sync',
    { config: { access: 'guest', limit: 'sync-read' }, schema: { querystring: SyncQuery } },
    async (request, reply) => {
      const { query } = request
      const text = await sync.sync({
        caller: callerOf(request),
        since: query.since,
        filter: query.filter,
        fullState: query.full_state ?? false,
        useStateAfter: query.use_state_after ?? false,
        setPresence: query.set_presence ?? 'online',
        timeoutMs: query.timeout ?? 0,
        gone: goneSignal(reply.raw),
        stillAllowed: () =>
          callers.authenticate(accessTokenOf(request) ?? '', request.ip, {
            evenLocked: false,
            actAs: masqueradeOf(request),
          }),
      })
      return reply.type('application/json; charset=utf-8').serializer(asItIs).send(text)
    },
  )
}
