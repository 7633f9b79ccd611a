import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { interactiveOperation } from '../../../platform/http/interactive-operation.ts'
import type { UserIdentifier } from '../operations/check-password.ts'
import type { LogInRequest } from '../operations/log-in.ts'
import { refuse } from '../refusals.ts'
import type { IdentityService } from '../service.ts'
import { LoginBody, RefreshBody } from '../wire.ts'
import { serviceLogin, serviceTokenOf } from './service-token.ts'
import { sessionView, tokensView } from './views.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#legacy-login */
export function sessionRoutes(app: App, identity: IdentityService): void {
  app.get('/_matrix/client/v3/login', { config: { access: 'public' } }, async () => ({
    flows: [
      { type: 'm.login.password' },
      { type: 'm.login.token', get_login_token: true },
      { type: serviceLogin },
    ],
  }))

  app.post(
    '/_matrix/client/v3/login',
    { config: { access: 'public', limit: 'logins-address' }, schema: { body: LoginBody } },
    async (request) => {
      const { body } = request
      const by =
        body.type === serviceLogin
          ? { identifier: identifierOf(body), service: serviceTokenOf(request) }
          : logInRequest(body)
      const session = await identity.logIn(by, {
        deviceId: body.device_id,
        displayName: body.initial_device_display_name,
        refreshable: body.refresh_token === true,
      })
      return sessionView({ userId: session.userId, session })
    },
  )

  app.post(
    '/_matrix/client/v1/login/get_token',
    { config: { access: 'user', limit: 'logins-address' } },
    async (request) => {
      const { userId } = callerOf(request)
      const { auth, operation } = interactiveOperation(request)
      await identity.requireProof({ flows: [['m.login.password']], userId, auth, operation, once: true })
      const { token, expiresInMs } = await identity.createLoginToken(userId)
      return { login_token: token, expires_in_ms: expiresInMs }
    },
  )

  app.post(
    '/_matrix/client/v3/refresh',
    { config: { access: 'public', limit: 'logins-address' }, schema: { body: RefreshBody } },
    async ({ body }) => tokensView(await identity.refreshTokens(body.refresh_token)),
  )

  app.post('/_matrix/client/v3/logout', { config: leaving }, async (request) => {
    await identity.logOut(callerOf(request))
    return {}
  })

  app.post('/_matrix/client/v3/logout/all', { config: leaving }, async (request) => {
    await identity.deleteDevices(callerOf(request).userId, 'all')
    return {}
  })
}

/** Who is locked out may still leave. */
const leaving = { access: 'guest', evenLocked: true } as const

function logInRequest(body: LoginBody): LogInRequest {
  switch (body.type) {
    case 'm.login.password':
      if (body.password === undefined) throw refuse('identity.parameter_missing', 'password')
      return { identifier: identifierOf(body), password: body.password }
    case 'm.login.token':
      if (body.token === undefined) throw refuse('identity.parameter_missing', 'token')
      return { token: body.token }
    default:
      throw refuse('identity.login_type_unknown')
  }
}

/** Older clients name the person outside of `identifier`. */
function identifierOf({ identifier, user, medium, address }: LoginBody): UserIdentifier {
  if (identifier) return identifier
  if (user !== undefined) return { type: 'm.id.user', user }
  if (medium !== undefined && address !== undefined) return { type: 'm.id.thirdparty', medium, address }
  throw refuse('identity.parameter_missing', 'identifier')
}
