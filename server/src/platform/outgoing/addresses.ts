import { BlockList, isIP } from 'node:net'

/** Says of an IP address whether this server may connect to it for somebody else. */
export type AddressRules = {
  /** Whether it is reachable from all of the Internet, or stands in a network that the operator named. */
  allows(address: string): boolean
  /** Whether it stands in a network that the operator named. */
  isNamed(address: string): boolean
}

/**
 * What the registries call not globally reachable, with multicast and reserved space.
 * https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const specialIpv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]

/** All of the Internet's IPv6 addresses. IPv4-mapped, NAT64, unique local, link-local and multicast ones lie outside. */
const globalIpv6 = '2000::/3'

/**
 * Within it: IETF protocol assignments with Teredo, documentation, 6to4, which carries any IPv4 address.
 * https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const specialIpv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

/** `named` are networks such as `10.1.0.0/16` or single addresses; throws an `Error` that names what is neither. */
export function addressRules(named: readonly string[]): AddressRules {
  const special4 = networks(specialIpv4)
  const global6 = networks([globalIpv6])
  const special6 = networks(specialIpv6)
  const byOperator = networks(named)

  function isGlobal(address: string): boolean {
    if (isIP(address) === 4) return !special4.check(address, 'ipv4')
    return global6.check(address, 'ipv6') && !special6.check(address, 'ipv6')
  }

  function isNamed(address: string): boolean {
    const version = isIP(address)
    // A zone (`fe80::1%eth0`) makes sense on this machine alone.
    if (version === 0 || address.includes('%')) return false
    return byOperator.check(address, version === 4 ? 'ipv4' : 'ipv6')
  }

  return {
    isNamed,
    allows: (address) =>
      isNamed(address) || (isIP(address) !== 0 && !address.includes('%') && isGlobal(address)),
  }
}

function networks(given: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of given) {
    const { address = '', prefix } =
      /^(?<address>[^/]+)(?:\/(?<prefix>\d{1,3}))?$/.exec(network)?.groups ?? {}
    const version = isIP(address)
    const bits = version === 4 ? 32 : 128
    const length = prefix === undefined ? bits : Number(prefix)
    if (version === 0 || length > bits) throw new Error(`${network} is not a network such as 10.1.0.0/16`)
    list.addSubnet(address, length, version === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}
