import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { parse } from 'yaml'
import { isServerName } from '../server-name.ts'
import { type Fields, readFields } from './fields.ts'

/** One failure domain: a building with its own power and network, and one machine of ours in it. */
export type Site = {
  name: string
  /** Where the other sites reach this machine from outside the mesh: a name or an IP address. */
  host: string
  /** IP address in the mesh. Everything between sites uses it. */
  address: string
  /** Where clients reach this site itself, without a trailing slash. */
  publicUrl: string
  /** What this site must not share with another one; undefined where the operator did not say. */
  labels: Record<SiteLabel, string | undefined>
  capacity: Capacity | undefined
}

export const siteLabels = ['building', 'power', 'network', 'provider'] as const
export type SiteLabel = (typeof siteLabels)[number]
export type Capacity = { cpus: number; memoryGiB: number; diskGiB: number }

/** TCP ports, the same at every site; `wireguard` is UDP. */
export type Ports = Record<keyof typeof defaultPorts, number>

/** The peak that the sites together must carry, and any two of them as well. */
export type Planned = { sendsPerSecond: number; peopleOnline: number }

/** `sites.yaml`: the one file that describes all sites; the same at each of them. */
export type SitesFile = {
  /** Name of the PostgreSQL cluster: Patroni's scope. */
  cluster: string
  serverName: string
  mesh: 'wireguard' | 'none'
  /** Whether each site runs HAProxy as the TLS front of its node. */
  front: 'haproxy' | 'none'
  planned: Planned | undefined
  sites: readonly Site[]
  ports: Ports
}

const defaultPorts = {
  node: 8008,
  postgres: 5432,
  patroni: 8009,
  etcdClient: 2379,
  etcdPeer: 2380,
  gate: 8010,
  wireguard: 51_820,
}

const sitesMax = 9

/** Every problem of a sites.yaml at once. */
export class SitesFileError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('; '))
    this.name = 'SitesFileError'
    this.problems = problems
  }
}

/** Reads the sites.yaml at `path`. Throws `SitesFileError`. */
export function readSitesFile(path: string): SitesFile {
  let source: string
  try {
    source = readFileSync(path, 'utf8')
  } catch (error) {
    throw new SitesFileError([`${path} cannot be read: ${error instanceof Error ? error.message : error}`])
  }
  return parseSitesFile(source)
}

/** Throws `SitesFileError` with every problem, unknown names and everything that two sites share by mistake included. */
export function parseSitesFile(source: string): SitesFile {
  const problems: string[] = []
  let document: unknown
  try {
    document = parse(source)
  } catch (error) {
    throw new SitesFileError([`the file is not YAML: ${error instanceof Error ? error.message : error}`])
  }
  const file = readSites(readFields(document, '', problems))
  problems.push(...repetitions(file))
  if (problems.length > 0) throw new SitesFileError(problems)
  return file
}

/** The site of that name; the configuration was refused when a node's own site is missing. */
export function siteNamed(file: SitesFile, name: string): Site {
  const site = file.sites.find((candidate) => candidate.name === name)
  if (!site) throw new Error(`there is no site ${name}; the sites are ${namesOf(file)}`)
  return site
}

export function namesOf({ sites }: SitesFile): string {
  return sites.map(({ name }) => name).join(', ')
}

/** `http://<address>:<port>`, with the brackets that an IPv6 address needs. */
export function urlAt(address: string, port: number): string {
  return `http://${hostAndPort(address, port)}`
}

export function hostAndPort(address: string, port: number): string {
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`
}

function readSites(fields: Fields): SitesFile {
  const file = {
    cluster: fields.text('cluster', isName, 'must be a short name such as dure: a-z, 0-9 and -'),
    serverName: fields.text('serverName', isServerName, 'must be a server name such as chat.example.org'),
    mesh: fields.choice('mesh', ['wireguard', 'none'], 'wireguard'),
    front: fields.choice('front', ['haproxy', 'none'], 'none'),
    planned: fields.section('planned', readPlanned),
    sites: fields.list('sites', sitesMax, readSite),
    ports: fields.section('ports', readPorts) ?? defaultPorts,
  } satisfies SitesFile
  fields.refuseOthers()
  return file
}

function readPlanned(fields: Fields): Planned {
  const planned = {
    sendsPerSecond: fields.integer('sendsPerSecond', { min: 1, max: 10_000_000 }),
    peopleOnline: fields.integer('peopleOnline', { min: 1, max: 1_000_000_000 }),
  }
  fields.refuseOthers()
  return planned
}

function readSite(fields: Fields): Site {
  const site = {
    name: fields.text('name', isName, 'must be a short name such as busan: a-z, 0-9 and -'),
    host: fields.text('host', isHost, 'must be a host name or an IP address'),
    address: fields.text('address', (value) => isIP(value) !== 0, 'must be an IP address'),
    publicUrl: fields.text('publicUrl', isOrigin, 'must be an address such as https://busan.example.org'),
    labels: fields.section('labels', readLabels) ?? noLabels,
    capacity: fields.section('capacity', readCapacity),
  }
  fields.refuseOthers()
  return { ...site, publicUrl: site.publicUrl.replace(/\/$/, '') }
}

const noLabels = { building: undefined, power: undefined, network: undefined, provider: undefined }

function readLabels(fields: Fields): Site['labels'] {
  const label = (name: SiteLabel) => fields.optionalText(name)
  const labels = {
    building: label('building'),
    power: label('power'),
    network: label('network'),
    provider: label('provider'),
  }
  fields.refuseOthers()
  return labels
}

function readCapacity(fields: Fields): Capacity {
  const capacity = {
    cpus: fields.integer('cpus', { min: 1, max: 4096 }),
    memoryGiB: fields.integer('memoryGiB', { min: 1, max: 65_536 }),
    diskGiB: fields.integer('diskGiB', { min: 1, max: 10_000_000 }),
  }
  fields.refuseOthers()
  return capacity
}

function readPorts(fields: Fields): Ports {
  const port = (name: keyof Ports) =>
    fields.integer(name, { min: 1, max: 65_535, fallback: defaultPorts[name] })
  const ports = {
    node: port('node'),
    postgres: port('postgres'),
    patroni: port('patroni'),
    etcdClient: port('etcdClient'),
    etcdPeer: port('etcdPeer'),
    gate: port('gate'),
    wireguard: port('wireguard'),
  }
  fields.refuseOthers()
  return ports
}

/** What two sites must not have in common, because one would hide the other or take its place. */
function repetitions({ sites, ports }: SitesFile): string[] {
  const unique = ['name', 'host', 'address', 'publicUrl'] as const
  const { wireguard: _, ...tcpPorts } = ports
  return [
    ...unique.flatMap((field) =>
      repeated(sites.map((site) => site[field].toLowerCase())).map(
        (value) => `sites: more than one has the ${field} ${value}`,
      ),
    ),
    ...repeated(Object.values(tcpPorts)).map((value) => `ports: more than one is ${value}`),
  ]
}

function repeated<Value extends string | number>(values: readonly Value[]): Value[] {
  const found = values.filter((value, index) => value !== '' && values.indexOf(value) !== index)
  return [...new Set(found)]
}

function isName(value: string): boolean {
  return /^[a-z](?:[a-z0-9-]{0,29}[a-z0-9])?$/.test(value)
}

function isHost(value: string): boolean {
  return (
    isIP(value) !== 0 || (value.length <= 253 && /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(value))
  )
}

function isOrigin(value: string): boolean {
  if (!/^https?:\/\//.test(value) || !URL.canParse(value)) return false
  const { pathname, search, hash, username, password } = new URL(value)
  return pathname === '/' && search + hash + username + password === ''
}
