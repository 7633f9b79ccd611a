import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import type { ToDeviceService } from '../service.ts'
import { SendBody, SendParams } from '../wire.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3sendtodeviceeventtypetxnid */
export function toDeviceRoutes(app: App, toDevice: Pick<ToDeviceService, 'send'>): void {
  app.put(
    '/_matrix/client/v3/sendToDevice/:eventType/:txnId',
    {
      config: { access: 'guest', limit: 'to-device-send' },
      schema: { params: SendParams, body: SendBody },
    },
    async (request) => {
      const { userId, sessionId } = callerOf(request)
      await toDevice.send({
        sender: userId,
        sessionId,
        type: request.params.eventType,
        txnId: request.params.txnId,
        messages: request.body.messages,
      })
      return {}
    },
  )
}
