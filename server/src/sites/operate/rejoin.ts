import { existsSync } from 'node:fs'
import { readFile, rename, statfs } from 'node:fs/promises'
import type { Clock } from '../../platform/clock.ts'
import type { Etcd } from '../../platform/site/etcd.ts'
import { type Site, type SitesFile, urlAt } from '../../platform/site/sites-file.ts'
import { readEpoch, writeDurably, writeEpoch } from '../gate/epoch.ts'
import type { GateClient, GateStatus } from '../gate/gate-client.ts'
import type { Layout } from '../render/layout.ts'
import type { EtcdAdmin, EtcdMember } from './etcd-admin.ts'
import { NotNowError } from './last-site.ts'
import type { Machine } from './machine.ts'
import type { Member, PatroniClient } from './patroni-client.ts'
import { writeStrict } from './patroni-state.ts'

export type RejoinDeps = {
  clock: Clock
  machine: Machine
  gates: GateClient
  adminAt: (site: Site) => EtcdAdmin
  etcd: Etcd
  patroni: PatroniClient
  /** How much the files below a folder take, in bytes. */
  sizeOf: (folder: string) => Promise<number>
  say: (line: string) => void
}

type Cluster = { epoch: number; running: readonly Site[]; members: readonly string[] }

const pollMs = 500
const lagMaxBytes = 1024 * 1024
const findMs = 20_000
const promoteMs = 120_000
/** A base copy takes as long as it takes. */
const levelMs = 24 * 3_600_000

/**
 * Brings this machine's site back to the sites of the newest epoch. Its data are set aside, never deleted; it comes as a new member with
 * a new copy of the database. Resolves when it is level, and then every commit is at two sites again. It can be repeated.
 */
export async function rejoin(deps: RejoinDeps, file: SitesFile, site: Site): Promise<void> {
  const { machine, say } = deps
  const { layout, units } = machine
  const cluster = await findClusterPatiently(deps, file, site)
  const own = await readEpoch(layout.siteState, file)
  if (own.epoch > cluster.epoch)
    throw new NotNowError(
      `${site.name} is in epoch ${own.epoch}, and the others in ${cluster.epoch}: they must rejoin`,
    )
  const joined = own.epoch === cluster.epoch && own.members.includes(site.name) && existsSync(layout.etcdData)
  if (joined) say(`${site.name} belongs to epoch ${own.epoch}; what is missing is done now`)
  else {
    await refuseWithoutSpace(deps)
    await units.stop('dure-patroni')
    await units.stop('dure-etcd')
    for (const folder of [layout.etcdData, layout.postgresData]) await setAside(folder, own.epoch, say)
    await joinEpoch(deps, file, site, cluster)
  }
  await units.start('dure-etcd')
  await becomeVoter(deps, file, site, cluster)
  await units.start('dure-patroni')
  await untilLevel(deps, site)
  await writeStrict(deps.etcd, file)
  say(`${site.name} is level: a commit is acknowledged when it is at two sites, and waits otherwise`)
}

/** A site that was slow to answer once is asked again for a moment. */
async function findClusterPatiently(deps: RejoinDeps, file: SitesFile, site: Site): Promise<Cluster> {
  const until = deps.clock.now() + findMs
  for (;;) {
    try {
      return await findCluster(deps, file, site)
    } catch (error) {
      if (deps.clock.now() >= until) throw error
      await deps.clock.sleep(pollMs)
    }
  }
}

/** The sites that run in the newest epoch. All of its members must be there: each has to know of the new one. */
async function findCluster({ gates }: RejoinDeps, file: SitesFile, site: Site): Promise<Cluster> {
  const others = file.sites.filter((other) => other !== site)
  const statuses = (await Promise.all(others.map((other) => gates.status(other)))).filter(
    (status): status is GateStatus => status !== undefined,
  )
  const epoch = Math.max(0, ...statuses.map((status) => status.epoch.epoch))
  const running = statuses.filter((status) => status.epoch.epoch === epoch && status.etcdRuns)
  const members = [...new Set(running.flatMap((status) => status.epoch.members))]
  const absent = members.filter(
    (name) => name !== site.name && !running.some((status) => status.site === name),
  )
  if (running.length === 0) throw new NotNowError('no other site runs: there is nobody to rejoin')
  if (absent.length > 0)
    throw new NotNowError(
      `${absent.join(' and ')} of epoch ${epoch} cannot be asked: every member must know of ${site.name}`,
    )
  return {
    epoch,
    members,
    running: others.filter(({ name }) => running.some((status) => status.site === name)),
  }
}

async function refuseWithoutSpace({ machine, sizeOf }: RejoinDeps): Promise<void> {
  const { postgresData, postgresState } = machine.layout
  if (!existsSync(postgresData)) return
  const needed = (await sizeOf(postgresData)) * 1.2
  const { bavail, bsize } = await statfs(postgresState)
  if (bavail * bsize < needed)
    throw new NotNowError(
      `${postgresData} is kept and a new copy comes beside it: that needs about ${gibibytes(needed)} GiB, ` +
        `${gibibytes(bavail * bsize)} GiB are free. Move it to another disk first`,
    )
}

async function setAside(folder: string, epoch: number, say: (line: string) => void): Promise<void> {
  if (!existsSync(folder)) return
  let kept = `${folder}.epoch-${epoch}`
  for (let count = 2; existsSync(kept); count++) kept = `${folder}.epoch-${epoch}-${count}`
  await rename(folder, kept)
  say(`what this site had is kept in ${kept}`)
}

/**
 * The order matters: every member has the new one on its disk before etcd has, so that none of them starts without it afterwards; and
 * etcd has it before this site is of the epoch, so that nothing here starts as a cluster of its own.
 */
async function joinEpoch(deps: RejoinDeps, file: SitesFile, site: Site, cluster: Cluster): Promise<void> {
  const { gates, machine, say } = deps
  const { layout } = machine
  for (const member of cluster.running) await gates.admit(member, site, cluster.epoch)
  const admin = adminOf(deps, cluster)
  const peerUrl = urlAt(site.address, file.ports.etcdPeer)
  const isOwn = ({ peerUrls }: EtcdMember) => peerUrls.includes(peerUrl)
  const earlier = (await admin.members()).find(isOwn)
  // A member that has run before counts on data that are not there any more; one that never ran is from an interrupted rejoining.
  if (earlier && earlier.name !== '') await admin.remove(earlier.id)
  if (earlier?.name !== '') await admin.addLearner(peerUrl)
  await writeEtcdConfiguration(layout, site, await admin.members(), isOwn)
  await writeEpoch(layout.siteState, {
    epoch: cluster.epoch,
    members: [...new Set([...cluster.members, site.name])],
    sinceMs: deps.clock.now(),
    by: undefined,
  })
  say(
    `${cluster.running.map(({ name }) => name).join(' and ')} admitted ${site.name} to epoch ${cluster.epoch}`,
  )
}

/** https://etcd.io/docs/v3.5/op-guide/runtime-configuration/#add-a-new-member */
async function writeEtcdConfiguration(
  { etc }: Layout,
  site: Site,
  members: readonly EtcdMember[],
  isOwn: (member: EtcdMember) => boolean,
): Promise<void> {
  const path = `${etc}/etcd.conf.yml`
  const all = members
    .map((member) => `${isOwn(member) ? site.name : member.name}=${member.peerUrls[0]}`)
    .join(',')
  const changed = (await readFile(path, 'utf8'))
    .replace(/^initial-cluster:.*$/m, `initial-cluster: ${JSON.stringify(all)}`)
    .replace(/^initial-cluster-state:.*$/m, 'initial-cluster-state: existing')
  await writeDurably(path, changed)
}

async function becomeVoter(deps: RejoinDeps, file: SitesFile, site: Site, cluster: Cluster): Promise<void> {
  const { clock, say } = deps
  const admin = adminOf(deps, cluster)
  const peerUrl = urlAt(site.address, file.ports.etcdPeer)
  const until = clock.now() + promoteMs
  for (;;) {
    const own = (await admin.members()).find(({ peerUrls }) => peerUrls.includes(peerUrl))
    if (!own) throw new Error(`etcd does not know ${site.name}: repeat this`)
    if (!own.learner || (own.name !== '' && (await admin.promote(own.id)))) break
    if (clock.now() >= until)
      throw new Error(`etcd here has not caught up after ${promoteMs / 1000} s: journalctl -u dure-etcd`)
    await clock.sleep(pollMs)
  }
  say(`etcd of ${site.name} takes part`)
}

async function untilLevel({ clock, patroni, say }: RejoinDeps, site: Site): Promise<void> {
  const until = clock.now() + levelMs
  let said = ''
  for (;;) {
    const members = await patroni.cluster().then(
      ({ members: all }) => all,
      () => [],
    )
    const own = members.find(({ name }) => name === site.name)
    const line = own
      ? `PostgreSQL of ${site.name}: ${own.role}, ${own.state}`
      : `PostgreSQL of ${site.name} is not there yet`
    if (line !== said) say(line)
    said = line
    if (own?.role === 'leader') return
    if (own?.role === 'quorum_standby' && isNearlyLevel(own)) return
    if (clock.now() >= until)
      throw new Error(`${site.name} is not level: journalctl -u dure-patroni, then repeat this`)
    await clock.sleep(pollMs)
  }
}

/** It counts for the quorum already; what it is behind is what is written at this moment. */
function isNearlyLevel({ state, lag }: Member): boolean {
  return state === 'streaming' && typeof lag === 'number' && lag <= lagMaxBytes
}

function adminOf({ adminAt }: RejoinDeps, { running }: Cluster): EtcdAdmin {
  const [first] = running
  if (!first) throw new NotNowError('no other site runs: there is nobody to rejoin')
  return adminAt(first)
}

function gibibytes(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(1)
}
