import { fileURLToPath } from 'node:url'
import type { DureConfiguration } from './configuration.ts'
import { type CoreSettings, publicUrlOf } from './platform/config/core-settings.ts'
import { type DeclaredRoute, declareRoutes } from './platform/http/declared-routes.ts'
import { healthRoutes } from './platform/http/health-routes.ts'
import type { App } from './platform/http/http.ts'
import type { Budget } from './platform/http/rate-limits.ts'
import { webClient } from './platform/http/web-client.ts'
import type { Platform } from './platform/platform.ts'
import type { Drain } from './platform/site/drain.ts'
import { siteRoutes } from './platform/site/site-routes.ts'
import type { Watcher } from './platform/site/watcher.ts'
import { accountDataBudgets } from './services/account-data/config.ts'
import { accountDataRoutes } from './services/account-data/routes/routes.ts'
import { applicationServicesBudgets } from './services/application-services/config.ts'
import { applicationServicesRoutes } from './services/application-services/routes/routes.ts'
import { callsRoutes } from './services/calls/routes/routes.ts'
import { checkoutBudgets } from './services/checkout/config.ts'
import { checkoutRoutes } from './services/checkout/routes/routes.ts'
import { exportsBudgets } from './services/exports/config.ts'
import { exportsRoutes } from './services/exports/routes/routes.ts'
import { identityBudgets } from './services/identity/config.ts'
import { identityRoutes } from './services/identity/routes/routes.ts'
import { keysBudgets } from './services/keys/config.ts'
import { keysRoutes } from './services/keys/routes/routes.ts'
import { mediaBudgets } from './services/media/config.ts'
import { presenceBudgets } from './services/presence/config.ts'
import { presenceRoutes } from './services/presence/routes/routes.ts'
import { pushBudgets } from './services/push/config.ts'
import { notificationRoutes } from './services/push/routes/notifications.ts'
import { pushRuleRoutes } from './services/push/routes/push-rules.ts'
import { pusherRoutes } from './services/push/routes/pushers.ts'
import { receiptsBudgets } from './services/receipts/config.ts'
import { receiptsRoutes } from './services/receipts/routes/routes.ts'
import { roomsBudgets } from './services/rooms/config.ts'
import { defaultRoomVersion, supportedRoomVersions } from './services/rooms/protocol/room-versions.ts'
import { roomPreviewRoutes } from './services/rooms/routes/preview.ts'
import { roomsRoutes } from './services/rooms/routes/routes.ts'
import { searchBudgets } from './services/search/config.ts'
import { searchRoutes } from './services/search/routes/search.ts'
import { syncBudgets } from './services/sync/config.ts'
import { filterRoutes } from './services/sync/routes/filters.ts'
import { slidingSyncRoutes } from './services/sync/routes/sliding-sync.ts'
import { syncRoutes } from './services/sync/routes/sync.ts'
import { toDeviceBudgets } from './services/to-device/config.ts'
import { toDeviceRoutes } from './services/to-device/routes/send.ts'
import { walletBudgets } from './services/wallet/config.ts'
import { allWalletRoutes } from './services/wallet/routes/routes.ts'
import type { Services } from './services.ts'

const webFolder = fileURLToPath(new URL('../../web/dist', import.meta.url))

/** Adds every route of this node, and gives the list of them. */
export async function addRoutes(
  http: App,
  platform: Platform,
  services: Services,
  options: { core: CoreSettings; watcher: Watcher | undefined; drain: Drain; draining: () => boolean },
): Promise<readonly DeclaredRoute[]> {
  const { identity, accountData, rooms, receipts, presence, push, toDevice, keys, media, sync } = services
  const { core, watcher, drain, draining } = options
  return declareRoutes(http, {
    async platform() {
      healthRoutes(http, { ...platform, draining })
      siteRoutes(http, core, watcher, drain)
      await webClient(http, webFolder, core.sites?.sites.map(({ publicUrl }) => publicUrl) ?? [])
    },
    identity: () =>
      identityRoutes(http, identity, {
        publicUrl: publicUrlOf(core),
        sites: () => sitesShown(core, draining()),
        roomVersions,
        webPushKey: push.webPushKey,
      }),
    'account-data': () =>
      accountDataRoutes(http, accountData, { keptElsewhere: { 'm.push_rules': push.pushRules } }),
    rooms() {
      roomsRoutes(http, rooms, services.roomActions, accountData)
      roomPreviewRoutes(http, rooms, services.roomActions, accountData)
    },
    receipts: () => receiptsRoutes(http, receipts),
    presence: () => presenceRoutes(http, presence, { rooms }),
    push() {
      pushRuleRoutes(http, push)
      notificationRoutes(http, push, platform.stream)
      pusherRoutes(http, push.pushers)
    },
    'to-device': () => toDeviceRoutes(http, toDevice),
    keys: () => keysRoutes(http, keys, { identity, stream: platform.stream, serverName: core.serverName }),
    sync() {
      filterRoutes(http, sync.filters)
      syncRoutes(http, sync, services.applicationServices)
      slidingSyncRoutes(http, sync, services.applicationServices)
    },
    media: () => media.routes(http),
    exports: () => exportsRoutes(http, services.exports, platform),
    search: () => searchRoutes(http, services.search),
    wallet: () => allWalletRoutes(http, services.wallet),
    calls: () => callsRoutes(http, services.calls),
    checkout: () => checkoutRoutes(http, services.checkout),
    'application-services': () => applicationServicesRoutes(http, services.applicationServices),
  })
}

/** In the order of the file, so that every site gives the same answer and caches may keep any. */
function sitesShown({ sites, site }: CoreSettings, draining: boolean) {
  const shown = sites?.sites.filter(({ name }) => !(draining && name === site)) ?? []
  return shown.map(({ name, publicUrl }) => ({ name, base_url: publicUrl }))
}

/** The rate budgets that the routes name. */
export function allBudgets(settings: DureConfiguration): Record<string, Budget> {
  return {
    ...identityBudgets(settings.identity),
    ...accountDataBudgets,
    ...roomsBudgets(settings.rooms),
    ...mediaBudgets,
    ...receiptsBudgets,
    ...presenceBudgets,
    ...pushBudgets,
    ...toDeviceBudgets,
    ...keysBudgets,
    ...syncBudgets,
    ...searchBudgets,
    ...exportsBudgets,
    ...walletBudgets,
    ...checkoutBudgets(settings.checkout),
    ...applicationServicesBudgets,
  }
}

/** All versions we take part in are stable. https://spec.matrix.org/v1.19/client-server-api/#mroom_versions-capability */
const roomVersions = {
  default: defaultRoomVersion.id,
  available: Object.fromEntries(supportedRoomVersions.map(({ id }) => [id, 'stable' as const])),
}
