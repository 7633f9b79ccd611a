import type { App } from '../../../platform/http/http.ts'
import type { AccountDataService } from '../service.ts'
import { type AccountDataRouteOptions, entryRoutes } from './entries.ts'
import { tagRoutes } from './tags.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#client-config */
export function accountDataRoutes(
  app: App,
  accountData: AccountDataService,
  options: AccountDataRouteOptions,
): void {
  entryRoutes(app, accountData, options)
  tagRoutes(app, accountData)
}
