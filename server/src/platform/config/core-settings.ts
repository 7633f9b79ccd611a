import { isIP } from 'node:net'
import { isServerName } from '../server-name.ts'
import { sitesSetting } from '../site/sites-setting.ts'
import {
  bytes,
  choice,
  duration,
  flag,
  integer,
  list,
  optionalText,
  type Setting,
  text,
  type Values,
} from './settings.ts'

/** What the platform itself needs to know. */
export const coreSettings = {
  port: integer('TCP port of the client API.', 8008, { min: 0, max: 65_535, env: 'DURE_PORT' }),
  host: text('Address to listen on.', '127.0.0.1', { env: 'DURE_HOST' }),
  data: optionalText(
    'Data folder: the embedded PostgreSQL lives in it. Default: data in the working folder; for root /var/lib/dure.',
    { env: 'DURE_DATA' },
  ),
  serverName: serverName('Name of this server in user and room ids. It can never be changed.', 'localhost'),
  publicUrl: optionalText('Address under which clients reach this deployment. Default: host and port.', {
    env: 'DURE_PUBLIC_URL',
  }),
  site: text('Name of the site this node stands in.', 'home', { env: 'DURE_SITE' }),
  node: text('Name of this node, unique in the deployment.', 'home-1', { env: 'DURE_NODE' }),
  sites: sitesSetting(
    'Path of sites.yaml, when this node is one of several sites. DURE_SITE then names one of them. Unset: one site.',
    { env: 'DURE_SITES' },
  ),
  siteWatcher: choice(
    'Whether this node helps to find a site that burnt with the primary, and asks Patroni early for another primary.',
    ['on', 'off'],
    'on',
    { env: 'DURE_SITE_WATCHER' },
  ),
  databaseUrl: optionalText(
    'PostgreSQL URL; several hosts may be named. Unset: an embedded PostgreSQL in the data folder.',
    { env: 'DURE_DATABASE_URL', secret: true },
  ),
  databasePoolSize: integer('Most database connections of this node.', 20, { min: 2, max: 500 }),
  databaseOutageWait: duration(
    'How long a request waits for a database that is failing over before it is answered 503.',
    8_000,
  ),
  rateLimits: choice('Whether requests per account and address are limited.', ['on', 'off'], 'on', {
    env: 'DURE_RATE_LIMITS',
  }),
  log: choice(
    'Least severe log lines to print.',
    ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
    'info',
    { env: 'DURE_LOG' },
  ),
  dev: flag('Allows settings that are unsafe on a public address.', false, { env: 'DURE_DEV' }),
  bodyBytesMax: bytes('Largest JSON request body.', 1024 * 1024),
  trustedProxies: list('Addresses of reverse proxies whose X-Forwarded-For is believed.', []),
}

export type CoreSettings = Values<typeof coreSettings>

function serverName(doc: string, fallback: string): Setting<string> {
  return {
    doc,
    fallback,
    env: 'DURE_SERVER_NAME',
    read(raw) {
      if (typeof raw !== 'string' || !isServerName(raw))
        throw new Error('must be a server name such as example.org')
      return raw
    },
  }
}

/** Address under which people reach this deployment. */
export function publicUrlOf({ publicUrl, host, port }: CoreSettings): string {
  return publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** True for addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
