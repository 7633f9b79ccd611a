import { setTimeout as sleep } from 'node:timers/promises'
import type { Site } from '../world/site.ts'
import type { World } from '../world/world.ts'
import type { Scenario } from './scenario.ts'

const aloneMs = 5000
const cutOffMs = 15_000
const settledMs = 5000
const pollMs = 250

/**
 * Two sites are lost one after the other, so that the last one has every acknowledged commit. An operator lets it write; the lost ones
 * come back while they cannot see it, must not become a majority, and are rejoined.
 */
export const lastSite: Scenario = {
  name: 'last-site',
  title: 'Two sites are lost, and come back after the last one wrote alone',
  burn: false,
  quick: false,
  needs: ['links'],
  async run({ world, load }) {
    const primary = await world.primary()
    const [last = primary, standby = primary] = world.sites.filter((site) => site !== primary)
    const lost = [standby, primary]
    const names = lost.map(({ name }) => name).join(',')
    const command = ['sites', 'last-site', '--lost', names, '--i-have-fenced', names]

    await Promise.all([
      load.mark(`${names} are lost, ${last.name} remains`, standby.name),
      world.burn(standby),
    ])
    await sleep(settledMs)
    await refused(last, command, 'can be reached from here')
    const lostAt = performance.now()
    await world.burn(primary)
    await sleep(aloneMs)
    const readOnly = await readiness(last)
    const begunAt = performance.now()
    const said = await last.dure(...command)
    const commandS = secondsSince(begunAt)
    await world.primary()
    const alone = `${last.name} wrote alone ${secondsSince(lostAt).toFixed(1)} s after the second site was lost`
    const again = await last.dure(...command)
    if (!/was begun here before/.test(again)) throw new Error(`repeated, the command printed ${again}`)
    await sleep(settledMs)

    await comeBackAlone(world, last, lost)
    await sleep(cutOffMs)
    await heldBack(lost, /cannot be asked/)
    if ((await world.primary()) !== last) throw new Error('another site leads as well')
    await world.isolate(last, false)
    await heldBack(lost, /dure sites rejoin/)
    const rejoinedAt = performance.now()
    for (const site of lost) await site.dure('sites', 'rejoin', site.name)
    const rejoinS = secondsSince(rejoinedAt)
    await world.level()
    return {
      site: last.name,
      rejoinS,
      operatorActions: 1 + lost.length,
      notes: [
        `without a primary ${last.name} answered ${readOnly}`,
        `the command took ${commandS.toFixed(1)} s; ${alone}`,
        ...said.split('\n').filter((line) => /WAL|leads here|acknowledged/.test(line)),
        `for ${cutOffMs / 1000} s ${names} saw only each other, and waited`,
      ],
      durations: [commandS],
    }
  },
  // How long nobody writes is up to the operator; here it is the scenario's own waiting.
  aims: ({ sends, otherFailed }, durations = []) => [
    { text: 'no request is given up', met: sends.failed + otherFailed === 0 },
    { text: 'the command takes at most 30 s', met: Math.max(0, ...durations) <= 30, timed: true },
  ],
}

/** They see each other and their clients, and not the site that went on. */
async function comeBackAlone(world: World, last: Site, lost: readonly Site[]): Promise<void> {
  await world.isolate(last, true)
  for (const site of lost) {
    await world.restore(site, { without: [last] })
  }
}

async function heldBack(sites: readonly Site[], reason: RegExp): Promise<void> {
  const until = performance.now() + 20_000
  for (const site of sites) {
    for (;;) {
      const { etcdRuns, waits } = await site.atGate()
      if (etcdRuns) throw new Error(`etcd runs at ${site.name}, which should be held back`)
      if (waits && reason.test(waits)) break
      if (performance.now() > until) throw new Error(`the gate of ${site.name} says ${waits}`)
      await sleep(pollMs)
    }
  }
}

async function refused(site: Site, command: readonly string[], reason: string): Promise<void> {
  const error = await site.dure(...command).then(
    () => undefined,
    (thrown: Error) => thrown,
  )
  if (!error?.message.includes(reason))
    throw new Error(`the command was not refused: ${error?.message ?? 'it succeeded'}`)
}

async function readiness({ url }: Site): Promise<string> {
  const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3000) })
  return (await answer.text()).slice(0, 100)
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000
}
