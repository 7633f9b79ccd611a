import type { DeclaredRoute } from '../../src/platform/http/declared-routes.ts'
import list from './client-server-endpoints.json' with { type: 'json' }

/** An endpoint of the specification; `path` has its parameters in braces. */
export type Endpoint = { method: string; path: string; title: string; section: string; deprecated?: boolean }

export const endpoints: readonly Endpoint[] = list.endpoints

/** Whether a node with these routes answers the endpoint. */
export function servedBy(routes: readonly DeclaredRoute[]): (endpoint: Endpoint) => boolean {
  const known = new Set(routes.map(({ method, path }) => shape(method, path)))
  return ({ method, path }) => known.has(shape(method, path))
}

/** Why the endpoint is left out for good; undefined for one that is served or still to come. */
export function leftOut({ method, path }: Endpoint): string | undefined {
  return reasons.find(([pattern]) => pattern.test(`${method} ${path}`))?.[1]
}

const reasons: readonly [pattern: RegExp, why: string][] = [
  [/\/msisdn\//, 'Sends no text messages: phone numbers cannot be validated.'],
  [/\/3pid\/(bind|unbind)$/, 'Takes no part in identity servers.'],
  [/POST .*\/account\/3pid$/, 'Deprecated, and takes no part in identity servers: /account/3pid/add does.'],
  [/\/client\/v3\/(initialSync|events)/, 'Deprecated since long; /sync and /messages take its place.'],
  [
    /\/auth_metadata$/,
    'Has no OAuth 2.0 API but the legacy one; M_UNRECOGNIZED is how the specification says so.',
  ],
  [
    /\/login\/sso\/redirect/,
    'Offers no m.login.sso among its login flows: people log in at this server itself.',
  ],
  [/\/matrix\/policy_server$/, 'Is not a policy server; 404 says so.'],
]

/** Parameters are equal whatever they are called. */
function shape(method: string, path: string): string {
  const parts = path.split('/').map((part) => (/^(:|\{)/.test(part) ? '*' : part))
  return `${method} ${parts.join('/')}`
}
