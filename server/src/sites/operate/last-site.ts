import type { Clock } from '../../platform/clock.ts'
import type { Etcd } from '../../platform/site/etcd.ts'
import { namesOf, type Site, type SitesFile } from '../../platform/site/sites-file.ts'
import { type Epoch, readEpoch, writeEpoch } from '../gate/epoch.ts'
import type { GateClient } from '../gate/gate-client.ts'
import { keepEtcdData, withEtcdAlone } from './alone.ts'
import type { EtcdAdmin } from './etcd-admin.ts'
import type { Machine } from './machine.ts'
import { type OwnDatabase, walPosition } from './own-database.ts'
import { type PatroniState, readPatroniState, writeEpochAlone } from './patroni-state.ts'

export type LastSiteDeps = {
  clock: Clock
  machine: Machine
  /** In which ways that site answers, seen from here. */
  answering: (site: Site) => Promise<readonly string[]>
  gates: GateClient
  /** Of this machine's own member. */
  admin: EtcdAdmin
  etcd: Etcd
  ownDatabase: () => Promise<OwnDatabase | undefined>
  /** Writes down in PostgreSQL that an epoch began, once. */
  record: (epoch: Epoch, site: string, position: string | undefined) => Promise<void>
  say: (line: string) => void
}

export type LastSiteOptions = {
  site: string
  lost: readonly string[]
  fenced: readonly string[]
  by: string
  dryRun: boolean
}

/** What an operator asked for must not be done; nothing has changed. */
export class NotNowError extends Error {}

const pollMs = 250
const leadMs = 120_000

/**
 * Lets this site write alone. Resolves when its PostgreSQL takes writes. Throws `NotNowError`, having changed nothing, when another
 * site answers. After a crash anywhere in between it is repeated with the same words, and does what is missing.
 */
export async function lastSite(deps: LastSiteDeps, file: SitesFile, options: LastSiteOptions): Promise<void> {
  const { machine, say } = deps
  const { layout } = machine
  const others = file.sites.filter(({ name }) => name !== options.site)
  refuseOtherNames(others, options)
  const before = await readEpoch(layout.siteState, file)
  const isBegun = before.members.length === 1 && before.members[0] === options.site && before.epoch > 1
  await refuseIfAnybodyAnswers(deps, others, isBegun ? before.epoch : undefined)
  if (!isBegun && (await deps.admin.healthy()))
    throw new NotNowError(
      `etcd at ${options.site} has a majority, so another site lives: nothing needs to be forced`,
    )
  const epoch: Epoch = isBegun
    ? before
    : { epoch: before.epoch + 1, members: [options.site], sinceMs: deps.clock.now(), by: options.by }
  if (isBegun) say(`epoch ${epoch.epoch} was begun here before; what is missing is done now`)
  else for (const line of await whatMayBeMissing(deps, file, options.site)) say(line)
  if (options.dryRun) {
    for (const line of plan(epoch, layout.etcdData)) say(line)
    return
  }
  if (!isBegun) await beginEpoch(deps, file, others, before, epoch)
  const position = await becomeAlone(deps, file, options.site, epoch, isBegun)
  await machine.units.start('dure-etcd')
  await machine.units.start('dure-patroni')
  await untilItLeads(deps, options.site)
  await deps.record(epoch, options.site, position)
  say(
    `${options.site} writes alone since epoch ${epoch.epoch}, on one disk. When another site is back: there, dure sites rejoin`,
  )
}

function refuseOtherNames(others: readonly Site[], { site, lost, fenced }: LastSiteOptions): void {
  const expected = others.map(({ name }) => name).sort()
  const is = (names: readonly string[]) => `${[...names].sort()}` === `${expected}`
  if (!is(lost))
    throw new NotNowError(
      `${site} is the last site only when ${expected.join(' and ')} are lost: --lost ${expected}`,
    )
  if (!is(fenced))
    throw new NotNowError(
      `see to it that ${expected.join(' and ')} cannot start - power off, or units disabled - and say so: ` +
        `--i-have-fenced ${expected}`,
    )
}

/** Once an epoch has begun here, sites that are held back at their gates because of it are no reason to stop half way. */
async function refuseIfAnybodyAnswers(
  { answering, gates, say }: LastSiteDeps,
  others: readonly Site[],
  begun: number | undefined,
): Promise<void> {
  const alive = await Promise.all(
    others.map(async (site) => {
      const ways = await answering(site)
      if (ways.length === 0) return []
      const gate = begun === undefined ? undefined : await gates.status(site)
      const isHeld = gate && begun !== undefined && gate.epoch.epoch < begun && !gate.etcdRuns
      return isHeld ? [] : [`${site.name} (${ways.join(', ')})`]
    }),
  )
  if (alive.flat().length > 0)
    throw new NotNowError(
      `${alive.flat().join(' and ')} can be reached from here: two sites go on by themselves`,
    )
  if (begun === undefined)
    say(`${others.map(({ name }) => name).join(' and ')} cannot be reached from here in any way`)
}

/** On this disk first: from now on a site that returns and sees this one waits, whatever becomes of this command. */
async function beginEpoch(
  deps: LastSiteDeps,
  file: SitesFile,
  others: readonly Site[],
  before: Epoch,
  epoch: Epoch,
): Promise<void> {
  const { siteState } = deps.machine.layout
  await writeEpoch(siteState, epoch)
  try {
    // Somebody may have come back while this was asked: then it did not see the new epoch, and nothing else has happened yet.
    await refuseIfAnybodyAnswers({ ...deps, say: () => undefined }, others, undefined)
  } catch (error) {
    await writeEpoch(siteState, before)
    throw error
  }
  deps.say(`epoch ${epoch.epoch} has begun; before it was epoch ${before.epoch} of ${namesOf(file)}`)
}

/**
 * Makes etcd a cluster of this one member that knows the epoch, unless an earlier, interrupted command made it one (`mayBeAlone`; asking
 * a member without a majority takes seconds). Gives how far PostgreSQL was then.
 */
async function becomeAlone(
  deps: LastSiteDeps,
  file: SitesFile,
  site: string,
  epoch: Epoch,
  mayBeAlone: boolean,
): Promise<string | undefined> {
  const { admin, etcd, machine, say } = deps
  const { layout, units } = machine
  const position = (await deps.ownDatabase())?.position
  const isAlone = async () => {
    if (!(await admin.healthy())) return false
    const [first, ...rest] = await admin.members()
    return first?.name === site && rest.length === 0
  }
  const isDone = mayBeAlone && (await isAlone()) && (await readPatroniState(etcd, file)).epoch === epoch.epoch
  if (!isDone) {
    await units.stop('dure-etcd')
    say(`etcd is down; what its member had is kept in ${await keepEtcdData(layout, epoch.epoch)}`)
    await withEtcdAlone(deps, layout, isAlone, () => writeEpochAlone(etcd, file, epoch))
    say('etcd is a cluster of this one member')
  }
  return position === undefined ? undefined : walPosition(position)
}

async function untilItLeads({ clock, ownDatabase, say }: LastSiteDeps, site: string): Promise<void> {
  const started = clock.now()
  while (!(await ownDatabase())?.leads) {
    if (clock.now() - started > leadMs)
      throw new Error(
        `PostgreSQL at ${site} does not lead after ${leadMs / 1000} s: journalctl -u dure-patroni, then repeat this`,
      )
    await clock.sleep(pollMs)
  }
  say(`PostgreSQL leads here after ${((clock.now() - started) / 1000).toFixed(1)} s`)
}

/** What an operator must know before deciding: quorum commit promises two of three sites, and not that this is one of them. */
async function whatMayBeMissing(deps: LastSiteDeps, file: SitesFile, site: string): Promise<string[]> {
  const [database, state] = await Promise.all([
    deps.ownDatabase(),
    // What the own member has, as it was when the majority was lost. A member that was started since answers nothing.
    readPatroniState({ read: deps.admin.readHere }, file).catch((): undefined => undefined),
  ])
  return describeMissing(site, database, state)
}

/** In words; exported for its test. */
export function describeMissing(
  site: string,
  database: OwnDatabase | undefined,
  state: PatroniState | undefined,
): string[] {
  if (!database?.position)
    return [
      `PostgreSQL at ${site} does not say how far it is: look at it before you go on (journalctl -u dure-patroni)`,
    ]
  const { position, newestCommit, timeline } = database
  const own = `${site} has everything up to WAL ${walPosition(position)} of timeline ${timeline ?? 'unknown'}`
  const newest = newestCommit === undefined ? '' : `; the newest commit that it has is of ${newestCommit}`
  if (!state?.sync)
    return [
      `${own}${newest}`,
      'Whether the lost sites had acknowledged more together cannot be told from here.',
    ]
  if (state.sync.leader === site) return [`${own}. It led: nothing that was acknowledged is missing here`]
  const behind = (state.leaderPosition ?? position) - position
  const heard = `when ${state.sync.leader} last told etcd how far it was, this site was ${
    behind > 0 ? `${behind} bytes of WAL behind` : 'level with it'
  }`
  return [
    `${own}${newest}`,
    `${state.sync.leader} led; ${heard}`,
    'What the two lost sites acknowledged together after that is missing here and stays on their disks.',
  ]
}

function plan({ epoch }: Epoch, etcdData: string): string[] {
  return [
    'nothing was changed; without --dry-run these would be the steps:',
    `1. write epoch ${epoch} to this site's disk, and ask the others once more`,
    `2. stop dure-etcd, keep a copy of ${etcdData}, and make etcd a cluster of this one member`,
    '3. in etcd: writing need not wait for another site; who led is forgotten',
    '4. start dure-etcd and dure-patroni; wait until PostgreSQL leads here',
    '5. write epoch, time and who decided into PostgreSQL',
  ]
}
