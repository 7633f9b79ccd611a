import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import type { Calls } from '../service.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3voipturnserver */
export function callsRoutes(app: App, calls: Calls): void {
  app.get('/_matrix/client/v3/voip/turnServer', { config: { access: 'user' } }, async (request) => {
    const { username, password, uris, ttlSeconds } = calls.turnCredentials(callerOf(request).userId)
    return { username, password, uris, ttl: ttlSeconds }
  })
}
