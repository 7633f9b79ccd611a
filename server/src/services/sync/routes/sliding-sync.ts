import Type from 'typebox'
import { type Authenticate, callerOf } from '../../../platform/http/access.ts'
import { type App, accessTokenOf, masqueradeOf } from '../../../platform/http/http.ts'
import type { Sync } from '../api.ts'
import { SlidingSyncBody } from '../sliding/request.ts'
import { asItIs, goneSignal } from './answering.ts'

/** Today's clients send these here; the proposal ended with all of them in the body. */
const SlidingSyncQuery = Type.Object({
  pos: Type.Optional(Type.String()),
  timeout: Type.Optional(Type.Integer({ minimum: 0 })),
  set_presence: SlidingSyncBody.properties.set_presence,
})

/** https://github.com/matrix-org/matrix-spec-proposals/blob/main/proposals/4186-simplified-sliding-sync.md */
export function slidingSyncRoutes(http: App, sync: Sync, callers: { authenticate: Authenticate }): void {
  http.post(
    '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync',
    {
      config: { access: 'guest', limit: 'sync-read' },
      schema: { querystring: SlidingSyncQuery, body: SlidingSyncBody },
    },
    async (request, reply) => {
      const { query, body } = request
      const pos = body.pos ?? query.pos
      const text = await sync.slidingSync({
        caller: callerOf(request),
        body: { ...body, ...(pos === undefined ? {} : { pos }) },
        setPresence: body.set_presence ?? query.set_presence ?? 'online',
        timeoutMs: body.timeout ?? query.timeout ?? 0,
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
