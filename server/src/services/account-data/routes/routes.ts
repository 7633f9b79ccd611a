import type { App } from '../../../platform/http/http.ts'
import type { JsonObject } from '../../../platform/json.ts'
import type { AccountDataService } from '../service.ts'
import { entryRoutes } from './entries.ts'
import { tagRoutes } from './tags.ts'

export type AccountDataRouteOptions = {
  /** Types of account data that other services keep, with how to read them: m.push_rules. */
  keptElsewhere: Readonly<Record<string, (userId: string) => Promise<JsonObject>>>
}

/** https://spec.matrix.org/v1.19/client-server-api/#client-config */
export function accountDataRoutes(
  app: App,
  accountData: AccountDataService,
  options: AccountDataRouteOptions,
): void {
  entryRoutes(app, accountData, options)
  tagRoutes(app, accountData)
}
