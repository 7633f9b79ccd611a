import type { App } from '../../../platform/http/http.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import type { Identity } from '../../identity/api.ts'
import type { KeysService } from '../service.ts'
import { backupRoutes } from './backup.ts'
import { crossSigningRoutes } from './cross-signing.ts'
import { deviceKeyRoutes } from './keys.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#end-to-end-encryption */
export function keysRoutes(
  app: App,
  keys: KeysService,
  deps: { identity: Pick<Identity, 'requireInteractiveAuth'>; stream: Stream; serverName: string },
): void {
  deviceKeyRoutes(app, keys, deps)
  crossSigningRoutes(app, keys, deps.identity)
  backupRoutes(app, keys.backup)
}
