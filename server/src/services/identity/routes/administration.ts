import Type from 'typebox'
import type { App } from '../../../platform/http/http.ts'
import type { Account } from '../operations/accounts.ts'
import { refuse } from '../refusals.ts'
import type { IdentityService } from '../service.ts'
import { deviceView } from './views.ts'

const accounts = '/api/identity/v1/admin/accounts'
const pageLimit = { fallback: 100, max: 500 }

const Params = Type.Object({ userId: Type.String() })
const ListQuery = Type.Object({
  search: Type.Optional(Type.String({ maxLength: 255 })),
  from: Type.Optional(Type.String({ maxLength: 255 })),
  limit: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,5}$' })),
})
const PasswordBody = Type.Object({
  new_password: Type.String(),
  logout_devices: Type.Optional(Type.Boolean()),
})
const asAdministrator = { access: 'administrator' } as const

/** Accounts as this server's administrators see and change them; every request may be repeated. */
export function administrationRoutes(app: App, identity: IdentityService): void {
  app.get(accounts, { config: asAdministrator, schema: { querystring: ListQuery } }, async (request) => {
    const { search = '', from = '', limit } = request.query
    const size = limit === undefined ? pageLimit.fallback : Math.min(Number(limit), pageLimit.max)
    const found = await identity.accounts({ search, after: from, limit: size + 1 })
    const last = found[size - 1]
    return {
      accounts: found.slice(0, size).map(accountView),
      ...(found.length > size && last && { next: last.userId }),
    }
  })

  app.get(`${accounts}/:userId`, { config: asAdministrator, schema: { params: Params } }, async (request) => {
    const { userId } = request.params
    const account = await identity.account(userId)
    const [devices, profiles] = await Promise.all([identity.devices([userId]), identity.profiles([userId])])
    return {
      ...accountView(account),
      profile: profiles.get(userId) ?? {},
      devices: (devices.get(userId) ?? []).map(deviceView),
    }
  })

  app.put(
    `${accounts}/:userId/password`,
    { config: asAdministrator, schema: { params: Params, body: PasswordBody } },
    async (request) => {
      const userId = await changeable(identity, request.params.userId)
      await identity.changePassword(userId, {
        newPassword: request.body.new_password,
        endOthers: request.body.logout_devices ?? true,
        keepDeviceId: undefined,
      })
      return {}
    },
  )

  app.delete(
    `${accounts}/:userId/devices`,
    { config: asAdministrator, schema: { params: Params } },
    async (request) => {
      await identity.deleteDevices(await changeable(identity, request.params.userId), 'all')
      return {}
    },
  )

  app.post(
    `${accounts}/:userId/deactivate`,
    {
      config: asAdministrator,
      schema: { params: Params, body: Type.Object({ erase: Type.Optional(Type.Boolean()) }) },
    },
    async (request) => {
      const userId = await changeable(identity, request.params.userId)
      await identity.deactivateAccount(userId, request.body.erase ?? false)
      return {}
    },
  )
}

/** Administrators are safe from each other: what they are is taken from them on the machine itself. */
async function changeable(identity: IdentityService, userId: string): Promise<string> {
  const { administrator } = await identity.account(userId)
  if (administrator) throw refuse('identity.administrator_protected')
  return userId
}

function accountView(account: Account) {
  const { userId, kind, administrator, createdAtMs, lockedAtMs, suspendedAtMs, deactivatedAtMs } = account
  return {
    user_id: userId,
    kind,
    administrator,
    created_at_ms: createdAtMs,
    ...(lockedAtMs !== null && { locked_at_ms: lockedAtMs }),
    ...(suspendedAtMs !== null && { suspended_at_ms: suspendedAtMs }),
    ...(deactivatedAtMs !== null && { deactivated_at_ms: deactivatedAtMs }),
  }
}
