import type { LookupFunction } from 'node:net'
import { isIP } from 'node:net'
import type { AddressRules } from './addresses.ts'
import { OutgoingError } from './errors.ts'
import type { Resolve } from './resolver.ts'

/** Whether plain HTTP will do: `anywhere`, or only in networks that the operator named. */
export type PlainHttp = 'anywhere' | 'named-networks'

/**
 * Ports on which something that is not HTTP listens and might take a request for its own protocol. Below 1024 the two of
 * HTTP alone are called; above, these are not. https://fetch.spec.whatwg.org/#port-blocking
 */
const otherProtocols = new Set([
  1433, 1521, 1719, 1720, 1723, 2049, 3306, 3659, 4045, 4190, 5060, 5061, 5432, 6000, 6379, 6566, 6665, 6666,
  6667, 6668, 6669, 6679, 6697, 10080, 11211, 27017,
])

/** Refuses, without asking anybody, a URL that this server calls in no case. Gives it parsed. */
export function parseDestination(url: string): URL {
  const parsed = URL.parse(url)
  if (!parsed) throw new OutgoingError('url', 'the URL is not valid')
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')
    throw new OutgoingError('url', 'the URL is neither https nor http')
  if (parsed.username !== '' || parsed.password !== '')
    throw new OutgoingError('url', 'the URL holds a name or password')
  const port = portOf(parsed)
  if ((port < 1024 && port !== 80 && port !== 443) || otherProtocols.has(port))
    throw new OutgoingError('url', `port ${port} is not allowed`)
  return parsed
}

export function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
}

/** The host as a name or an address, without the brackets of IPv6. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1')
}

/** The addresses of a URL's host that this server may connect to now, at least one. The DNS is asked once. */
export async function addressesOf(
  url: URL,
  deps: { rules: AddressRules; resolve: Resolve },
  plainHttp: PlainHttp,
): Promise<[string, ...string[]]> {
  const host = hostOf(url)
  const known = isIP(host) === 0 ? await resolved(host, deps.resolve) : [host]
  const allowed = known.filter(deps.rules.allows)
  if (allowed.length === 0) throw new OutgoingError('address', 'the host stands in a private network')
  const usable =
    url.protocol === 'http:' && plainHttp === 'named-networks' ? allowed.filter(deps.rules.isNamed) : allowed
  const [first, ...others] = usable
  if (first === undefined) throw new OutgoingError('url', 'plain http is not allowed here; use https')
  return [first, ...others]
}

async function resolved(host: string, resolve: Resolve): Promise<string[]> {
  const addresses = await resolve(host).catch((error: unknown) => {
    throw new OutgoingError('unresolved', 'the DNS does not answer', { cause: error })
  })
  if (addresses.length === 0) throw new OutgoingError('unresolved', 'the host has no address')
  return addresses
}

/**
 * Makes a new connection go to one of `addresses`, whatever the DNS says by then. A connection that is used again was
 * judged when it was made.
 */
export function pinnedTo(addresses: readonly [string, ...string[]]): LookupFunction {
  return (_hostname, options, done) => {
    const all = addresses.map((address) => ({ address, family: isIP(address) }))
    if (options.all) done(null, all)
    else done(null, addresses[0], isIP(addresses[0]))
  }
}
