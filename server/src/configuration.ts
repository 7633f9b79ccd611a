import { existsSync, readFileSync } from 'node:fs'
import { coreSettings, isLoopback } from './platform/config/core-settings.ts'
import { type Configuration, ConfigurationError, loadConfiguration } from './platform/config/load.ts'
import { mailSettings } from './platform/mail/config.ts'
import { outgoingSettings } from './platform/outgoing/config.ts'
import { namesOf } from './platform/site/sites-file.ts'
import { accountDataSettings } from './services/account-data/config.ts'
import { applicationServicesSettings } from './services/application-services/config.ts'
import { callsSettings } from './services/calls/config.ts'
import { checkoutSettings } from './services/checkout/config.ts'
import { identitySettings } from './services/identity/config.ts'
import { keysSettings } from './services/keys/config.ts'
import { mediaSettings } from './services/media/config.ts'
import { presenceSettings } from './services/presence/config.ts'
import { pushSettings } from './services/push/config.ts'
import { receiptsSettings } from './services/receipts/config.ts'
import { roomsSettings } from './services/rooms/config.ts'
import { syncSettings } from './services/sync/config.ts'
import { toDeviceSettings } from './services/to-device/config.ts'
import { walletSettings } from './services/wallet/config.ts'
import { sitesSettings } from './sites/config.ts'

/** Every slice of the configuration: the platform's and each service's. */
export const slices = {
  core: coreSettings,
  mail: mailSettings,
  outgoing: outgoingSettings,
  sites: sitesSettings,
  identity: identitySettings,
  wallet: walletSettings,
  accountData: accountDataSettings,
  rooms: roomsSettings,
  receipts: receiptsSettings,
  presence: presenceSettings,
  push: pushSettings,
  media: mediaSettings,
  toDevice: toDeviceSettings,
  keys: keysSettings,
  sync: syncSettings,
  calls: callsSettings,
  checkout: checkoutSettings,
  applicationServices: applicationServicesSettings,
}

export type DureConfiguration = Configuration<typeof slices>

/** Reads the file named by DURE_CONFIG (or ./dure.yaml when it exists) and the environment. Throws `ConfigurationError`. */
export function readConfiguration(
  environment: Readonly<Record<string, string | undefined>>,
): DureConfiguration {
  const path = environment['DURE_CONFIG'] ?? (existsSync('dure.yaml') ? 'dure.yaml' : undefined)
  const file = path === undefined ? undefined : readFileSync(path, 'utf8')
  const configuration = loadConfiguration(slices, { file, environment })
  refuseUnsafe(configuration)
  refuseStrangers(configuration)
  return configuration
}

/** Values that would expose people on a public address need DURE_DEV=1. */
function refuseUnsafe({ core }: DureConfiguration): void {
  if (core.dev || isLoopback(core.host)) return
  if (core.rateLimits === 'off') {
    throw new ConfigurationError([
      'DURE_RATE_LIMITS: "off" is unsafe on a public address (DURE_HOST); set DURE_DEV=1 if you mean it',
    ])
  }
}

/** A node that believes to be somewhere else, or someone else, than the other sites do would be a danger to them. */
function refuseStrangers({ core }: DureConfiguration): void {
  const { sites: file, site, serverName } = core
  if (file === undefined) return
  const problems: string[] = []
  if (!file.sites.some(({ name }) => name === site))
    problems.push(`DURE_SITE: there is no site ${site} in DURE_SITES; its sites are ${namesOf(file)}`)
  if (file.serverName !== serverName)
    problems.push(`DURE_SERVER_NAME: is ${serverName}, but DURE_SITES says ${file.serverName}`)
  if (problems.length > 0) throw new ConfigurationError(problems)
}
