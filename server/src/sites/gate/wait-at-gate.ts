import { rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../platform/clock.ts'
import { decideGate, type GateVerdict } from './decide-gate.ts'
import { readEpoch } from './epoch.ts'
import type { GateClient } from './gate-client.ts'
import { doesEtcdRun, type GatePlace } from './serve-gate.ts'

type Deps = { clock: Clock; gates: GateClient; say: (line: string) => void }

/** What is to start. PostgreSQL may follow this site's own etcd; etcd itself needs another site's. */
export type Waiting = 'etcd' | 'patroni'

const askAgainMs = 500
/** A pass that nobody used is no pass for the next time. */
const openMs = 600_000

/** Resolves when the program may start. It asks for as long as it takes, and says what it waits for whenever that changes. */
export async function waitAtGate(deps: Deps, place: GatePlace, waiting: Waiting): Promise<void> {
  let said = ''
  for (;;) {
    const verdict = await lookAtGate(deps, place, waiting).catch(
      (error: Error): GateVerdict => ({ open: false, because: 'not_a_member', what: error.message }),
    )
    const line = verdict.open ? `the gate is open: ${reasons[verdict.because]}` : `waiting: ${verdict.what}`
    if (line !== said) deps.say(line)
    said = line
    if (verdict.open) return
    await deps.gates.tell(place.site, verdict.what)
    await deps.clock.sleep(askAgainMs)
  }
}

/** Asks every other site once. Throws when this site's own epoch cannot be read. */
export async function lookAtGate(
  { clock, gates }: Pick<Deps, 'clock' | 'gates'>,
  place: GatePlace,
  waiting: Waiting,
): Promise<GateVerdict> {
  const { file, site, siteState } = place
  const others = await Promise.all(
    file.sites.filter((other) => other !== site).map((other) => gates.status(other)),
  )
  // The own epoch is read after the others': what they say must not be newer than what it is compared with for a reason that
  // lies here, an admission or a rejoining in between.
  const own = await readEpoch(siteState, file)
  return decideGate({
    site: site.name,
    own,
    others: others.filter((answer) => answer !== undefined),
    ownEtcdRuns: waiting === 'patroni' && (await doesEtcdRun(place)),
    opened: await isOpened(clock, siteState, own.epoch),
  })
}

/** Lets this site start although not all others can be asked: for ten minutes, or until it is taken back. */
export async function openGate(siteState: string, epoch: number): Promise<void> {
  await writeFile(openPath(siteState, epoch), '')
}

export async function closeGate(siteState: string, epoch: number): Promise<void> {
  await rm(openPath(siteState, epoch), { force: true })
}

async function isOpened(clock: Clock, siteState: string, epoch: number): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(openPath(siteState, epoch))
    return Math.abs(clock.now() - mtimeMs) < openMs
  } catch {
    return false
  }
}

function openPath(siteState: string, epoch: number): string {
  return join(siteState, `open-${epoch}`)
}

const reasons = {
  opened: 'somebody opened it by hand',
  own_etcd_runs: 'etcd runs at this site',
  member_runs: 'another site of the same epoch runs',
  all_present: 'all sites of this epoch are present',
}
