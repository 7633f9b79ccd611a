import Type from 'typebox'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { refuse } from '../refusals.ts'
import type { IdentityService } from '../service.ts'

const Params = Type.Object({ userId: Type.String() })

/** https://spec.matrix.org/v1.19/client-server-api/#server-administration */
export function moderationRoutes(app: App, identity: IdentityService): void {
  for (const [word, restriction] of [
    ['lock', 'locked'],
    ['suspend', 'suspended'],
  ] as const) {
    const path = `/_matrix/client/v1/admin/${word}/:userId`
    app.get(path, { config: { access: 'administrator' }, schema: { params: Params } }, async (request) => {
      const which = { userId: request.params.userId, restriction }
      return { [restriction]: await identity.isRestricted(callerOf(request).userId, which) }
    })

    app.put(
      path,
      {
        config: { access: 'administrator' },
        schema: { params: Params, body: Type.Object({ [restriction]: Type.Boolean() }) },
      },
      async (request) => {
        const on = request.body[restriction] === true
        await identity.restrictAccount({ userId: request.params.userId, restriction, on })
        return { [restriction]: on }
      },
    )
  }

  app.get(
    '/_matrix/client/v3/admin/whois/:userId',
    { config: { access: 'user' }, schema: { params: Params } },
    async (request) => {
      const { userId } = request.params
      const caller = callerOf(request)
      if (userId !== caller.userId && !(await identity.isAdministrator(caller.userId)))
        throw refuse('identity.whois_forbidden')
      await identity.account(userId)
      const devices = (await identity.devices([userId])).get(userId) ?? []
      return {
        user_id: userId,
        devices: Object.fromEntries(
          devices.map(({ deviceId, lastSeenIp, lastSeenAtMs }) => [
            deviceId,
            { sessions: [{ connections: connectionsOf(lastSeenIp, lastSeenAtMs) }] },
          ]),
        ),
      }
    },
  )
}

/** Only the last one is remembered. */
function connectionsOf(ip: string | undefined, lastSeenAtMs: number | undefined): object[] {
  return ip === undefined || lastSeenAtMs === undefined ? [] : [{ ip, last_seen: lastSeenAtMs }]
}
