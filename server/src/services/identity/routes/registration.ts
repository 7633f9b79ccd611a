import type { App } from '../../../platform/http/http.ts'
import { interactiveOperation } from '../../../platform/http/interactive-operation.ts'
import type { SessionRequest } from '../operations/open-session.ts'
import { refuse } from '../refusals.ts'
import type { IdentityService } from '../service.ts'
import { GuestBody, RegisterBody, RegisterQuery, TokenQuery, UsernameQuery } from '../wire.ts'
import { parseBody } from './parse-body.ts'
import { serviceLogin, serviceTokenOf } from './service-token.ts'
import { sessionView } from './views.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#legacy-account-registration */
export function registrationRoutes(app: App, identity: IdentityService): void {
  app.post(
    '/_matrix/client/v3/register',
    { config: { access: 'public', limit: 'registrations-address' }, schema: { querystring: RegisterQuery } },
    async (request) => {
      if (request.query.kind === 'guest') {
        const guest = parseBody(GuestBody, request.body ?? {})
        return sessionView(await identity.registerGuest(guest.initial_device_display_name))
      }
      const body = parseBody(RegisterBody, request.body)
      const session = sessionWanted(body)
      if (body.type === serviceLogin)
        return sessionView(
          await identity.registerForService({
            token: serviceTokenOf(request),
            username: body.username,
            session,
          }),
        )
      const { auth, operation } = interactiveOperation(request)
      const registered = await identity.register({
        username: body.username,
        password: body.password,
        guestAccessToken: body.guest_access_token,
        session,
        auth,
        // Nobody's account is at stake yet, and clients begin a session with an empty body to see the flows.
        operation: { ...operation, body: null },
      })
      return sessionView(registered)
    },
  )

  app.get(
    '/_matrix/client/v3/register/available',
    { config: { access: 'public', limit: 'names-address' }, schema: { querystring: UsernameQuery } },
    async (request) => {
      await identity.checkUsername(request.query.username)
      return { available: true }
    },
  )

  app.get(
    '/_matrix/client/v1/register/m.login.registration_token/validity',
    { config: { access: 'public', limit: 'names-address' }, schema: { querystring: TokenQuery } },
    async (request) => {
      if (identity.settings.registration === 'closed') throw refuse('identity.registration_closed')
      return { valid: await identity.registrationTokenIsValid(request.query.token) }
    },
  )
}

function sessionWanted(body: RegisterBody): SessionRequest | undefined {
  if (body.inhibit_login) return undefined
  return {
    deviceId: body.device_id,
    displayName: body.initial_device_display_name,
    refreshable: body.refresh_token === true,
  }
}
