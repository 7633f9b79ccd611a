import { Resolver } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import type { Clock } from '../clock.ts'

/** All addresses of a host; none when it has none. Rejects when no server gives an answer. */
export type Resolve = (hostname: string) => Promise<string[]>

const hostsFile = '/etc/hosts'
const timeoutMs = 3_000
const nothing = new Set(['ENODATA', 'ENOTFOUND'])

/**
 * Asks the hosts file, then DNS. Not by `dns.lookup`: that holds one of the process's four file and crypto threads for
 * as long as a hostile name server likes.
 */
export function createResolver(nameServers: readonly string[]): Resolve {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 2, maxTimeout: timeoutMs })
  if (nameServers.length > 0) resolver.setServers(nameServers)

  async function ask(query: Promise<string[]>): Promise<string[]> {
    try {
      return await query
    } catch (error) {
      if (error instanceof Error && 'code' in error && nothing.has(String(error.code))) return []
      throw error
    }
  }

  return async (hostname) => {
    const name = hostname.toLowerCase().replace(/\.$/, '')
    // https://www.rfc-editor.org/rfc/rfc6761#section-6.3
    if (name === 'localhost' || name.endsWith('.localhost')) return ['127.0.0.1', '::1']
    const ofHosts = addressesIn(await readFile(hostsFile, 'utf8').catch(() => ''), name)
    if (ofHosts.length > 0) return ofHosts
    const answers = await Promise.allSettled([
      ask(resolver.resolve4(hostname)),
      ask(resolver.resolve6(hostname)),
    ])
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    const [failed] = answers.filter((answer) => answer.status === 'rejected')
    // A name server that stumbles over AAAA does not take away the addresses that are known.
    if (addresses.length === 0 && failed) throw failed.reason
    return addresses
  }
}

function addressesIn(hosts: string, name: string): string[] {
  const found: string[] = []
  for (const line of hosts.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (isIP(address) !== 0 && names.some((other) => other.toLowerCase() === name)) found.push(address)
  }
  return found
}

const rememberedMs = 10_000
const rememberedMax = 1_000

/** Asks once for many requests to one host: for a moment, so that a moved host is found soon. A failure is not remembered. */
export function rememberBriefly(resolve: Resolve, clock: Clock): Resolve {
  const known = new Map<string, { addresses: Promise<string[]>; untilMs: number }>()
  return (hostname) => {
    const found = known.get(hostname)
    if (found && found.untilMs > clock.now()) return found.addresses
    const addresses = resolve(hostname)
    const entry = { addresses, untilMs: clock.now() + rememberedMs }
    // Deleting first keeps the map in the order of asking, so that the oldest answer is the one to forget.
    known.delete(hostname)
    known.set(hostname, entry)
    if (known.size > rememberedMax) known.delete(known.keys().next().value ?? hostname)
    addresses.catch(() => {
      if (known.get(hostname) === entry) known.delete(hostname)
    })
    return addresses
  }
}
