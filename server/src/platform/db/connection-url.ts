import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'

export type Host = { host: string; port: number }
export type ConnectionTarget = {
  hosts: Host[]
  user?: string
  password?: string
  database: string
  /** How connections over TCP are encrypted; undefined: not at all. */
  ssl?: ConnectionOptions
}

/**
 * Reads `postgres://user:password@host1:5432,host2:5433/database`: like libpq, several hosts may be named. A host
 * that begins with `/` (percent-encoded in the URL, or given as `?host=`) is the folder of a Unix socket.
 * `sslmode` is `disable` (default), `require`, `verify-ca` or `verify-full`; `sslrootcert` names a file of certificates.
 * https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
 */
export function parseConnectionUrl(url: string): ConnectionTarget {
  const match =
    /^postgres(?:ql)?:\/\/(?:(?<login>[^@/]*)@)?(?<hosts>[^/?]*)\/(?<database>[^?]+)(?:\?(?<query>.*))?$/.exec(
      url,
    )
  if (!match?.groups) throw new Error('a database URL looks like postgres://user:password@host:5432/database')
  const { login = '', hosts = '', database = '', query = '' } = match.groups
  const [user = '', password] = login.split(':', 2).map(decodeURIComponent)
  const parameters = new URLSearchParams(query)
  const named = parameters.get('host') ?? hosts
  const list = (named || 'localhost').split(',').map((entry) => parseHost(entry, parameters.get('port')))
  const ssl = readSsl(parameters)
  return {
    hosts: list,
    database: decodeURIComponent(database),
    ...(user ? { user } : {}),
    ...(password === undefined ? {} : { password }),
    ...(ssl ? { ssl } : {}),
  }
}

function parseHost(entry: string, defaultPort: string | null): Host {
  const decoded = decodeURIComponent(entry)
  const match = /^(?<host>\[[^\]]+\]|\/.*?|[^:]+)(?::(?<port>\d+))?$/.exec(decoded)
  if (!match?.groups) throw new Error(`not a database host: ${decoded}`)
  return {
    host: (match.groups['host'] ?? '').replace(/^\[|\]$/g, ''),
    port: Number(match.groups['port'] ?? defaultPort ?? 5432),
  }
}

/** https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION */
function readSsl(parameters: URLSearchParams): ConnectionOptions | undefined {
  const mode = parameters.get('sslmode') ?? 'disable'
  const rootFile = parameters.get('sslrootcert')
  const ca = rootFile ? { ca: readFileSync(rootFile, 'utf8') } : {}
  if (mode === 'disable') return undefined
  if (mode === 'require') return { ...ca, rejectUnauthorized: false }
  if (mode === 'verify-ca') return { ...ca, rejectUnauthorized: true, checkServerIdentity: () => undefined }
  if (mode === 'verify-full') return { ...ca, rejectUnauthorized: true }
  throw new Error(`sslmode must be disable, require, verify-ca or verify-full, not ${mode}`)
}

export function hostName({ host, port }: Host): string {
  return `${host}:${port}`
}
