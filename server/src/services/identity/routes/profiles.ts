import Type from 'typebox'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import type { JsonObject } from '../../../platform/json.ts'
import type { IdentityService } from '../service.ts'
import { ProfileFieldParams, ProfileParams } from '../wire.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#profiles */
export function profileRoutes(app: App, identity: IdentityService): void {
  const field = '/_matrix/client/v3/profile/:userId/:keyName'

  app.get(
    '/_matrix/client/v3/profile/:userId',
    { config: { access: 'public' }, schema: { params: ProfileParams } },
    async (request) => identity.profile(request.params.userId),
  )

  app.get(field, { config: { access: 'public' }, schema: { params: ProfileFieldParams } }, async (request) =>
    identity.profileField(request.params.userId, request.params.keyName),
  )

  app.put(
    field,
    {
      config: { access: 'guest', notSuspended: true },
      schema: { params: ProfileFieldParams, body: Type.Unsafe<JsonObject>(Type.Object({})) },
    },
    async (request) => {
      const { userId, keyName: key } = request.params
      await identity.setProfileField({ caller: callerOf(request), userId, key }, request.body)
      return {}
    },
  )

  app.delete(
    field,
    { config: { access: 'guest', notSuspended: true }, schema: { params: ProfileFieldParams } },
    async (request) => {
      const { userId, keyName: key } = request.params
      await identity.deleteProfileField({ caller: callerOf(request), userId, key })
      return {}
    },
  )
}
