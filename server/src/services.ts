import { Registry } from 'prom-client'
import type { DureConfiguration } from './configuration.ts'
import { publicUrlOf } from './platform/config/core-settings.ts'
import type { RateLimits } from './platform/http/rate-limits.ts'
import { createMailer } from './platform/mail/mailer.ts'
import { createOutgoing } from './platform/outgoing/outgoing.ts'
import type { Platform } from './platform/platform.ts'
import { createAccountData } from './services/account-data/service.ts'
import { createConnections } from './services/application-services/connections/connections.ts'
import { createApplicationServices } from './services/application-services/service.ts'
import { createCalls } from './services/calls/service.ts'
import { createCheckout } from './services/checkout/service.ts'
import { createExports } from './services/exports/service.ts'
import { createIdentity } from './services/identity/service.ts'
import { createKeys } from './services/keys/service.ts'
import { createLedger, testBook } from './services/ledger/service.ts'
import { createMedia } from './services/media/service.ts'
import { createPresence } from './services/presence/service.ts'
import { createPush } from './services/push/service.ts'
import { createReceipts } from './services/receipts/service.ts'
import { createRoomActions } from './services/rooms/operations/room-actions.ts'
import { createRooms } from './services/rooms/service.ts'
import { createSearch } from './services/search/service.ts'
import { createSync } from './services/sync/service.ts'
import { createToDevice } from './services/to-device/service.ts'
import { createWallet } from './services/wallet/service.ts'

export type Services = Awaited<ReturnType<typeof createServices>>

/** Every service, in the order of their dependencies. */
export async function createServices(platform: Platform, limits: RateLimits, settings: DureConfiguration) {
  const { serverName, dev } = settings.core
  const mailer = createMailer(platform, { settings: settings.mail, dev, serverName })
  const outgoing = createOutgoing(platform, settings.outgoing, `Dure (${serverName})`)
  const publicUrl = publicUrlOf(settings.core)
  const connections = createConnections(platform, { ...settings.applicationServices, serverName })
  const identity = createIdentity({
    ...platform,
    limits,
    settings: settings.identity,
    serverName,
    publicUrl,
    mailer,
    claims: connections,
  })
  await identity.start()
  const accountData = createAccountData({ ...platform, settings: settings.accountData })
  const calls = createCalls({ ...platform, settings: settings.calls })
  const signer = { serverName, key: await identity.signingKey() }
  const money = createMoney({ ...platform, signer, identity, outgoing, limits, publicUrl }, settings)
  const rooms = createRooms({ ...platform, signer, accountData, settings: settings.rooms })
  const roomActions = createRoomActions({
    ...platform,
    rooms,
    identity,
    accountData,
    serverName,
    claims: connections,
    settings: settings.rooms,
  })
  const toDevice = createToDevice({ ...platform, identity, settings: settings.toDevice })
  const keys = createKeys({ ...platform, identity, rooms, settings: settings.keys })
  const media = createMedia({ ...platform, outgoing }, serverName, settings.media)
  const receipts = createReceipts({ ...platform, rooms, accountData, settings: settings.receipts })
  const push = await createPush({
    ...platform,
    outgoing,
    contact: contactOf(settings.identity, publicUrl),
    rooms,
    receipts,
    accountData,
    settings: settings.push,
  })
  const search = createSearch({ ...platform, rooms, accountData })
  const presence = createPresence({ ...platform, rooms, settings: settings.presence })
  const applicationServices = createApplicationServices({
    ...platform,
    connections,
    identity,
    rooms,
    receipts,
    presence,
  })
  await applicationServices.start()
  const exports = createExports({ ...platform, identity, accountData, push, rooms, media, serverName })
  const shown = { rooms, accountData, receipts, presence, toDevice, keys, push }
  const sync = createSync({ ...platform, ...shown, settings: settings.sync })
  return {
    outgoing,
    identity,
    ...money,
    accountData,
    rooms,
    roomActions,
    toDevice,
    keys,
    media,
    receipts,
    presence,
    push,
    exports,
    sync,
    calls,
    search,
    applicationServices,
  }
}

/** Where operators of services that we call find whoever runs this server. */
function contactOf({ supportEmail }: DureConfiguration['identity'], publicUrl: string): string {
  return supportEmail === undefined ? publicUrl : `mailto:${supportEmail}`
}

type MoneyDeps = Omit<Parameters<typeof createCheckout>[0], 'ledger' | 'testLedger' | 'wallet' | 'settings'> &
  Parameters<typeof createLedger>[0]

/** The books and what stands on them. Shops try things out in a book of its own, whose figures nobody measures. */
function createMoney(deps: MoneyDeps, settings: Pick<DureConfiguration, 'wallet' | 'checkout'>) {
  const ledger = createLedger(deps)
  const testLedger = createLedger({ ...deps, metrics: new Registry() }, testBook)
  const wallet = createWallet({ ...deps, ledger, settings: settings.wallet })
  const checkout = createCheckout({ ...deps, ledger, testLedger, wallet, settings: settings.checkout })
  return { ledger, testLedger, wallet, checkout }
}
