import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SitesFile } from '../../src/platform/site/sites-file.ts'
import { type ClusterMember, readCluster } from './cluster.ts'
import { configureSites, describeSites } from './configure.ts'
import { releaseDisk } from './disk.ts'
import { createLoopback } from './loopback.ts'
import { createNetwork, type LinkChange, type Network } from './network.ts'
import { createSite, databaseUser, type Site } from './site.ts'
import type { Tools } from './tools.ts'

/** Three sites on this machine and what lies between them and the people who use them. */
export type World = {
  sites: readonly Site[]
  network: Network
  /** Where everything of this drill lies. */
  folder: string
  /** Words that put a program where the clients are. */
  clients: readonly string[]
  site(name: string): Site
  /** The site whose PostgreSQL accepts writes, waiting for one. */
  primary(timeoutMs?: number): Promise<Site>
  /** kill -9 of everything in the site, and its links are cut at the same instant. */
  burn(site: Site): Promise<void>
  /** The machine of a burnt site is there again; lines to the sites named in `without` stay as they are. */
  restore(site: Site, options?: { without?: readonly Site[] }): Promise<void>
  /** Cuts or mends all that lies between the site and the other sites; clients reach it as before unless they are named. */
  isolate(site: Site, cut: boolean, options?: { clientsToo?: boolean }): Promise<void>
  /** Waits until every site - or those named - serves and has all that was written; gives the seconds it took. */
  level(sites?: readonly Site[], timeoutMs?: number): Promise<number>
  /** Undoes every change of the links. */
  calm(): Promise<void>
  close(): Promise<void>
}

export type WorldOptions = {
  tools: Tools
  folder: string
  /** Between sites, one way. */
  delayMs: number
  /** Between clients and sites, one way. */
  clientDelayMs: number
  nodeEnvironment: Record<string, string>
  /** On loopback addresses, without namespaces: nothing can happen to the links then. */
  loopback: boolean
}

const namespaces = { network: '10.88', outside: '10.88.0.0/24', clients: '10.88.0.1', control: '10.88.0.2' }
const loopback = { network: '127.88', outside: '127.0.0.0/8', clients: '127.0.0.1', control: '127.0.0.1' }
const clients = 'clients'
const control = 'control'
const startPatienceMs = 120_000
const levelPatienceMs = 180_000
const pollMs = 100

export async function createWorld(options: WorldOptions): Promise<World> {
  mkdirSync(join(options.folder, 'logs'), { recursive: true })
  const place = options.loopback ? loopback : namespaces
  const described = describeSites(place)
  const { file } = described
  const members = [
    ...file.sites.map(({ name, address }) => ({ name, address })),
    { name: clients, address: place.clients },
    // This process looks into the sites by links that nothing ever happens to.
    { name: control, address: place.control, own: true },
  ]
  const network = options.loopback
    ? createLoopback(members)
    : await createNetwork(members, `dure-drill-${process.pid}`)
  const { tools, folder, nodeEnvironment } = options
  const sites = configureSites(described, tools, folder, databaseUser()).map((configuration) =>
    createSite({ network, tools, folder, nodeEnvironment }, configuration),
  )
  const world = worldOf(options, network, file, sites)
  await world.calm()
  for (const site of sites) site.start()
  await world.level(sites, startPatienceMs).catch(async (error) => {
    await world.close()
    throw error
  })
  return world
}

function worldOf(options: WorldOptions, network: Network, file: SitesFile, sites: readonly Site[]): World {
  const around = (site: Site, others: readonly string[], change: Partial<LinkChange>) =>
    others.flatMap((other) => [
      { ...change, from: site.name, to: other },
      { ...change, from: other, to: site.name },
    ])
  const otherSites = (site: Site) => sites.filter((other) => other !== site).map(({ name }) => name)
  return {
    sites,
    network,
    folder: options.folder,
    clients: network.within(clients),
    site(name) {
      const found = sites.find((site) => site.name === name)
      if (!found) throw new Error(`there is no site ${name}`)
      return found
    },
    async primary(timeoutMs = 60_000) {
      const deadline = performance.now() + timeoutMs
      for (;;) {
        const writable = (await readCluster(file)).filter(({ role }) => role === 'primary')
        const found = sites.find(({ name }) => name === writable[0]?.name)
        if (found && writable.length === 1) return found
        if (performance.now() > deadline) throw new Error(`no single primary for ${timeoutMs} ms`)
        await sleep(pollMs)
      }
    },
    async burn(site) {
      const cut = network.set(around(site, [...otherSites(site), clients], { cut: true }))
      await Promise.all([cut, site.kill()])
    },
    async restore(site, { without = [] } = {}) {
      const others = otherSites(site).filter((name) => !without.some((other) => other.name === name))
      await network.set(around(site, [...others, clients], { cut: false }))
      site.start()
    },
    async isolate(site, cut, { clientsToo = false } = {}) {
      await network.set(around(site, [...otherSites(site), ...(clientsToo ? [clients] : [])], { cut }))
    },
    async level(wanted = sites, timeoutMs = levelPatienceMs) {
      const started = performance.now()
      for (;;) {
        const behind = await notLevel(file, wanted)
        const passedMs = performance.now() - started
        if (behind.length === 0) return passedMs / 1000
        if (passedMs > timeoutMs)
          throw new Error(`not level after ${timeoutMs / 1000} s: ${behind.join('; ')}`)
        await sleep(pollMs)
      }
    },
    async calm() {
      const steady = { jitterMs: 0, loss: 0, cut: false }
      await network.set(
        sites.flatMap((site) => [
          ...otherSites(site).map((to) => ({ from: site.name, to, delayMs: options.delayMs, ...steady })),
          ...around(site, [clients], { delayMs: options.clientDelayMs, ...steady }),
        ]),
      )
    },
    async close() {
      await Promise.all(sites.map((site) => site.kill()))
      for (const { disk } of sites) releaseDisk(disk.folder)
      await network.close()
    },
  }
}

/** What is missing until these sites are level, in words. */
async function notLevel(file: SitesFile, sites: readonly Site[]): Promise<string[]> {
  const members = await readCluster(file)
  const primaries = members.filter(({ role }) => role === 'primary')
  if (primaries.length !== 1) return [`${primaries.length} primaries`]
  const missing = await Promise.all(
    sites.map(async (site) => {
      const reason = databaseBehind(members, site.name) ?? (await nodeNotReady(site))
      return reason === undefined ? [] : [`${site.name}: ${reason}`]
    }),
  )
  return missing.flat()
}

function databaseBehind(members: readonly ClusterMember[], name: string): string | undefined {
  const member = members.find((candidate) => candidate.name === name)
  if (!member) return 'Patroni does not answer'
  if (member.role === 'primary') return undefined
  const primary = members.find(({ role }) => role === 'primary')
  const standby = primary?.standbys.find((candidate) => candidate.name === name)
  if (!standby) return 'does not replicate'
  return standby.syncState === 'quorum' ? undefined : `replicates ${standby.syncState}, ${standby.state}`
}

async function nodeNotReady({ url }: Site): Promise<string | undefined> {
  try {
    const { status } = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(1000) })
    return status === 200 ? undefined : `the node is not ready (${status})`
  } catch {
    return 'the node does not answer'
  }
}
