import Type from 'typebox'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { refuse } from '../refusals.ts'
import type { IdentityService } from '../service.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#openid */
export function openidRoutes(app: App, identity: IdentityService): void {
  app.post(
    '/_matrix/client/v3/user/:userId/openid/request_token',
    {
      config: { access: 'user', limit: 'openid-account' },
      schema: { params: Type.Object({ userId: Type.String() }) },
    },
    async (request) => {
      const { userId } = callerOf(request)
      if (request.params.userId !== userId) throw refuse('identity.openid_foreign')
      const { token, expiresInMs } = await identity.createOpenidToken(userId)
      return {
        access_token: token,
        token_type: 'Bearer',
        matrix_server_name: identity.serverName,
        expires_in: expiresInMs / 1000,
      }
    },
  )

  // https://spec.matrix.org/v1.19/server-server-api/#openid: called by services that are no homeservers, without a signature.
  app.get(
    '/_matrix/federation/v1/openid/userinfo',
    {
      config: { access: 'public', limit: 'names-address' },
      schema: { querystring: Type.Object({ access_token: Type.String() }) },
    },
    async (request) => ({ sub: await identity.openidTokenOwner(request.query.access_token) }),
  )
}
