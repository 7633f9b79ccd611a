import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { interactiveOperation } from '../../../platform/http/interactive-operation.ts'
import type { IdentityService } from '../service.ts'
import { DeleteDevicesBody, DeviceBody, DeviceParams } from '../wire.ts'
import { deviceView } from './views.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#device-management */
export function deviceRoutes(app: App, identity: IdentityService): void {
  app.get('/_matrix/client/v3/devices', { config: { access: 'guest' } }, async (request) => {
    const { userId } = callerOf(request)
    const devices = (await identity.devices([userId])).get(userId) ?? []
    return { devices: devices.map(deviceView) }
  })

  app.get(
    '/_matrix/client/v3/devices/:deviceId',
    { config: { access: 'guest' }, schema: { params: DeviceParams } },
    async (request) => deviceView(await identity.device(callerOf(request).userId, request.params.deviceId)),
  )

  app.put(
    '/_matrix/client/v3/devices/:deviceId',
    { config: { access: 'guest' }, schema: { params: DeviceParams, body: DeviceBody } },
    async (request) => {
      const { userId, applicationService } = callerOf(request)
      const { deviceId } = request.params
      const name = request.body.display_name
      // https://spec.matrix.org/v1.19/application-service-api/#creating-devices
      if (applicationService === undefined) await identity.renameDevice(userId, deviceId, name)
      else await identity.putDevice(userId, deviceId, name)
      return {}
    },
  )

  app.delete(
    '/_matrix/client/v3/devices/:deviceId',
    { config: { access: 'user' }, schema: { params: DeviceParams } },
    async (request) => {
      const caller = callerOf(request)
      await identity.requireInteractiveAuth({ caller, ...interactiveOperation(request) })
      await identity.deleteDevices(caller.userId, { only: [request.params.deviceId] })
      return {}
    },
  )

  app.post(
    '/_matrix/client/v3/delete_devices',
    { config: { access: 'user' }, schema: { body: DeleteDevicesBody } },
    async (request) => {
      const caller = callerOf(request)
      await identity.requireInteractiveAuth({ caller, ...interactiveOperation(request) })
      await identity.deleteDevices(caller.userId, { only: request.body.devices })
      return {}
    },
  )
}
