import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostAndPort, parseSitesFile, readSitesFile, SitesFileError, siteNamed, urlAt } from './sites-file.ts'
import { exampleSites } from './testing.ts'

const small = `
cluster: dure
serverName: chat.example.org
sites:
  - { name: busan, host: 198.51.100.7, address: 10.88.1.1, publicUrl: 'https://busan.example.org/' }
`

function problemsOf(source: string): readonly string[] {
  try {
    parseSitesFile(source)
  } catch (error) {
    assert(error instanceof SitesFileError)
    return error.problems
  }
  return []
}

test('what is not said has its default', () => {
  const file = parseSitesFile(small)
  assert.deepEqual(file, {
    cluster: 'dure',
    serverName: 'chat.example.org',
    mesh: 'wireguard',
    front: 'none',
    planned: undefined,
    sites: [
      {
        name: 'busan',
        host: '198.51.100.7',
        address: '10.88.1.1',
        publicUrl: 'https://busan.example.org',
        labels: { building: undefined, power: undefined, network: undefined, provider: undefined },
        capacity: undefined,
      },
    ],
    ports: {
      node: 8008,
      postgres: 5432,
      patroni: 8009,
      etcdClient: 2379,
      etcdPeer: 2380,
      gate: 8010,
      wireguard: 51_820,
    },
  })
})

test('a file of three sites is read with everything that it says', () => {
  const file = parseSitesFile(exampleSites)
  assert.deepEqual(
    file.sites.map(({ name }) => name),
    ['busan', 'daejeon', 'chuncheon'],
  )
  const daejeon = siteNamed(file, 'daejeon')
  assert.equal(daejeon.labels.power, 'substation-dj-2')
  assert.deepEqual(daejeon.capacity, { cpus: 8, memoryGiB: 32, diskGiB: 2000 })
  assert.deepEqual(file.planned, { sendsPerSecond: 1000, peopleOnline: 100_000 })
  assert.throws(() => siteNamed(file, 'seoul'), /the sites are busan, daejeon, chuncheon/)
})

test('every problem is told at once, with its place', () => {
  const problems = problemsOf(`
cluster: Dure!
mesh: vpn
planned: { sendsPerSecond: many, peopleOnline: 1, sendPerSecond: 1 }
sites:
  - { name: busan, host: a host, address: busan, publicUrl: 'https://busan.example.org/path' }
  - seoul
ports: { node: 0, postgres: 2379, wireguard: 2379 }
site: 1
`)
  assert.deepEqual(problems.toSorted(), [
    'cluster: must be a short name such as dure: a-z, 0-9 and -',
    'mesh: must be one of wireguard, none',
    'planned.sendPerSecond: there is no such setting',
    'planned.sendsPerSecond: must be a whole number from 1 to 10000000',
    'ports.node: must be a whole number from 1 to 65535',
    'ports: more than one is 2379',
    'serverName: is missing; it must be a server name such as chat.example.org',
    'site: there is no such setting',
    'sites[0].address: must be an IP address',
    'sites[0].host: must be a host name or an IP address',
    'sites[0].publicUrl: must be an address such as https://busan.example.org',
    'sites[1]: must hold names and values',
  ])
})

test('two sites cannot share a name or an address', () => {
  const twice = `${small}  - { name: busan, host: 198.51.100.7, address: 10.88.1.1, publicUrl: 'https://BUSAN.example.org' }\n`
  assert.deepEqual(problemsOf(twice), [
    'sites: more than one has the name busan',
    'sites: more than one has the host 198.51.100.7',
    'sites: more than one has the address 10.88.1.1',
    'sites: more than one has the publicUrl https://busan.example.org',
  ])
})

test('a file that is missing, empty or not YAML is one clear problem', () => {
  assert.throws(() => readSitesFile('/nowhere/sites.yaml'), /\/nowhere\/sites\.yaml cannot be read/)
  assert.match(problemsOf('sites: [')[0] ?? '', /the file is not YAML/)
  assert.deepEqual(problemsOf(''), ['the file: must hold names and values'])
  assert.deepEqual(problemsOf('- 1'), ['the file: must hold names and values'])
  assert(problemsOf('sites: []').includes('sites: must be a list of 1 to 9'))
})

test('an IPv6 address gets its brackets', () => {
  assert.equal(urlAt('10.88.1.1', 8009), 'http://10.88.1.1:8009')
  assert.equal(hostAndPort('fd00::1', 2379), '[fd00::1]:2379')
})
