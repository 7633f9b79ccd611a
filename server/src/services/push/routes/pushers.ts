import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { pusherIn } from '../pushers/pusher-in.ts'
import type { Pushers } from '../pushers/pushers.ts'
import { refuse } from '../refusals.ts'
import { AcknowledgeBody, PusherBody } from '../wire.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3pushers */
export function pusherRoutes(app: App, pushers: Pushers): void {
  app.get('/_matrix/client/v3/pushers', { config: { access: 'user' } }, async (request) => {
    const found = await pushers.of(callerOf(request).userId)
    return {
      pushers: found.map((pusher) => ({
        app_id: pusher.appId,
        pushkey: pusher.pushkey,
        kind: pusher.kind,
        app_display_name: pusher.appDisplayName,
        device_display_name: pusher.deviceDisplayName,
        ...(pusher.profileTag !== null && { profile_tag: pusher.profileTag }),
        lang: pusher.lang,
        data: { ...pusher.data, ...(pusher.kind !== 'http' && { activated: pusher.activated }) },
      })),
    }
  })

  app.post(
    '/_matrix/client/v3/pushers/set',
    { config: { access: 'user', limit: 'push-pushers' }, schema: { body: PusherBody } },
    async (request, reply) => {
      const { userId, deviceId } = callerOf(request)
      const { kind, app_id, pushkey, append = false } = request.body
      if (kind === null) {
        await pushers.remove({ userId, appId: app_id, pushkey })
        return {}
      }
      const pusher = pusherIn(request.body)
      if (deviceId === undefined) throw refuse('push.session_missing')
      const { toBeActivated } = await pushers.set({ owner: { userId, deviceId }, pusher, append })
      if (toBeActivated) reply.code(201)
      return {}
    },
  )

  /** https://github.com/matrix-org/matrix-spec-proposals/pull/4174 */
  app.post(
    '/_matrix/client/unstable/org.matrix.msc4174/pushers/ack',
    { config: { access: 'user', limit: 'push-pushers' }, schema: { body: AcknowledgeBody } },
    async (request) => {
      const { app_id: appId, ack_token: ackToken } = request.body
      await pushers.activate({ userId: callerOf(request).userId, appId, ackToken })
      return {}
    },
  )
}
