import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { interactiveOperation } from '../../../platform/http/interactive-operation.ts'
import { refuse } from '../refusals.ts'
import type { IdentityService } from '../service.ts'
import { DeactivateBody, PasswordBody } from '../wire.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#legacy-account-management */
export function accountRoutes(app: App, identity: IdentityService): void {
  app.get('/_matrix/client/v3/account/whoami', { config: { access: 'guest' } }, async (request) => {
    const { userId, deviceId, guest } = callerOf(request)
    return { user_id: userId, is_guest: guest, ...(deviceId === undefined ? {} : { device_id: deviceId }) }
  })

  app.post(
    '/_matrix/client/v3/account/password',
    { config: { access: 'optional' }, schema: { body: PasswordBody } },
    async (request) => {
      const userId = await provenOwner(identity, request, identity.mailAvailable)
      await identity.changePassword(userId, {
        newPassword: request.body.new_password,
        endOthers: request.body.logout_devices ?? true,
        keepDeviceId: request.caller?.deviceId,
      })
      return {}
    },
  )

  app.post(
    '/_matrix/client/v3/account/deactivate',
    { config: { access: 'optional' }, schema: { body: DeactivateBody } },
    async (request) => {
      const userId = await provenOwner(identity, request)
      await identity.deactivateAccount(userId, request.body.erase ?? false)
      return { id_server_unbind_result: 'success' }
    },
  )
}

type OwnedRequest = Parameters<typeof interactiveOperation>[0] & {
  caller: { userId: string; guest: boolean } | undefined
}

/** The person whose account is meant: the caller, or without an access token whoever the password - or, where it serves, their e-mail address - shows. */
async function provenOwner(
  identity: IdentityService,
  request: OwnedRequest,
  byEmail = false,
): Promise<string> {
  if (request.caller?.guest) throw refuse('identity.guest_forbidden')
  const { auth, operation } = interactiveOperation(request)
  const proof = await identity.requireProof({
    flows: [['m.login.password'], ...(byEmail ? [['m.login.email.identity'] as const] : [])],
    emailFor: 'password',
    userId: request.caller?.userId,
    auth,
    operation,
  })
  if (proof.userId === undefined) throw new Error('each of these stages shows who it is')
  return proof.userId
}
