import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestRandom } from '../testing/random.ts'
import { createSimulation, type Simulation, sites } from './testing/simulation.ts'
import { allLinks } from './testing/virtual-network.ts'
import { watchKey } from './watch-keys.ts'

/**
 * Three watchers, three Patronis and an etcd cluster in virtual time, through every partition there is. A failure names the
 * seed, the leader and the shape; bit n of a shape cuts link n of `allLinks`.
 */
const links = allLinks(sites)
const shapes = Array.from({ length: 2 ** links.length }, (_, shape) => shape)

/** The site is cut off from both others, each of which sees the other: the only partition that the watcher acts upon. */
function isCutOff(leader: string, shape: number): boolean {
  const works = (a: string, b: string) => !cutsOf(shape).has(`${a}>${b}`) && !cutsOf(shape).has(`${b}>${a}`)
  const [one = '', two = ''] = sites.filter((site) => site !== leader)
  return !works(leader, one) && !works(leader, two) && works(one, two)
}

function cutsOf(shape: number): ReadonlySet<string> {
  return new Set(links.filter((_, bit) => (shape & (1 << bit)) !== 0))
}

/** What must hold in every run, whatever happens in it. */
function checkAlways({ actions, lost }: Simulation, name: string): void {
  assert.deepEqual(lost, [], `${name}: acknowledged commits were lost`)
  const releases = actions.filter(({ step }) => step === 'release')
  const revisions = releases.map(({ leader, leaderRevision }) => `${leader} ${leaderRevision}`)
  assert.equal(
    new Set(revisions).size,
    revisions.length,
    `${name}: a leader was released twice: ${revisions}`,
  )
  for (const action of releases) {
    assert(
      action.cutOffMs >= 2_500,
      `${name}: ${action.leader} was released, cut off for ${action.cutOffMs} ms only`,
    )
  }
  const challenges = actions.filter(({ step }) => step === 'challenge')
  for (const [index, { atMs }] of challenges.entries()) {
    const before = challenges[index - 1]
    if (before) assert(atMs - before.atMs >= 15_000, `${name}: acted twice within the back-off`)
  }
}

/** Runs one partition from 8 s on, heals it, and gives the longest outage until long after. */
async function partition(
  options: { seed: number; leader: string; shape: number; watchers: boolean },
  check: (simulation: Simulation, name: string) => void = () => undefined,
): Promise<number> {
  const { seed, leader, shape, watchers } = options
  const name = `seed ${seed}, leader ${leader}, shape ${shape}${watchers ? '' : ', no watchers'}`
  const random = createTestRandom(seed)
  const simulation = await createSimulation({ random, leader, watchers })
  await simulation.runUntil(8_000 + random.below(1_000))
  assert.equal(simulation.leader(), leader, name)
  simulation.longestOutageMs()
  simulation.network.setCuts(cutsOf(shape))
  await simulation.runUntil(16_000 + random.below(6_000))
  check(simulation, name)
  simulation.network.setCuts(new Set())
  await simulation.runUntil(40_000)
  checkAlways(simulation, name)
  assert.notEqual(simulation.leader(), undefined, `${name}: somebody leads in the end`)
  await simulation.close()
  return simulation.longestOutageMs()
}

for (const leader of sites) {
  test(`every shape of a partition, with the leader at ${leader}: acts when it is cut off, and only then`, async () => {
    for (const shape of shapes) {
      await partition({ seed: shape, leader, shape, watchers: true }, ({ actions }, name) => {
        const steps = actions.map(({ step }) => step)
        assert.deepEqual(steps, isCutOff(leader, shape) ? ['challenge', 'release'] : [], name)
      })
    }
  })
}

test('no shape of a partition costs more with the watcher than without it', async () => {
  for (const shape of shapes) {
    const options = { seed: shape, leader: 'b', shape }
    const alone = await partition({ ...options, watchers: false })
    const watched = await partition({ ...options, watchers: true })
    assert(watched <= alone + 1_000, `shape ${shape}: ${watched} ms with the watcher, ${alone} ms without`)
  }
})

test("when the leader's site burns there is an answer within 4 s and another leader within 6", async () => {
  for (let seed = 0; seed < 30; seed++) {
    const leader = sites[seed % 3] ?? 'a'
    const random = createTestRandom(seed)
    const simulation = await createSimulation({ random, leader, watchers: true })
    // An etcd member somewhere else may have been dead before, which leaves no majority; then nobody can act.
    await simulation.runUntil(8_000 + random.below(2_000))
    const burntAtMs = simulation.time.now()
    simulation.longestOutageMs()
    simulation.network.burn(leader)
    await simulation.runUntil(burntAtMs + 4_000)
    assert.equal(simulation.actions[0]?.step, 'challenge', `seed ${seed}`)
    await simulation.runUntil(burntAtMs + 30_000)
    checkAlways(simulation, `seed ${seed}`)
    assert.notEqual(simulation.leader(), leader, `seed ${seed}`)
    const outage = simulation.longestOutageMs()
    assert(outage < 6_500, `seed ${seed}: ${outage} ms`)
    await simulation.close()
  }
})

test('links that flap, slow lines, dead members, watchers that restart, processes that hang and clocks that jump', async () => {
  for (let seed = 0; seed < 24; seed++) {
    const random = createTestRandom(1_000 + seed)
    const leader = sites[random.below(3)] ?? 'a'
    const simulation = await createSimulation({ random, leader, watchers: true })
    const { network, etcd, hung } = simulation
    await simulation.runUntil(8_000)
    if (random.below(3) === 0) network.setDelay(sites[random.below(3)] ?? 'a', random.below(300))
    const deadMember = random.below(4) === 0 ? (sites[random.below(3)] ?? 'a') : undefined
    if (deadMember) etcd.killMember(deadMember)
    while (simulation.time.now() < 60_000) {
      network.setCuts(cutsOf(random.below(shapes.length)))
      if (random.below(4) === 0) simulation.restartWatcher(sites[random.below(3)] ?? 'a')
      if (random.below(4) === 0) simulation.jumpClock(sites[random.below(3)] ?? 'a', random.below(20_000))
      if (random.below(4) === 0) hung.add(`${sites[random.below(3)]}/patroni`)
      await simulation.runUntil(simulation.time.now() + 200 + random.below(6_000))
      if (random.below(2) === 0) network.setCuts(new Set())
      await simulation.runUntil(simulation.time.now() + random.below(4_000))
      hung.clear()
    }
    network.setCuts(new Set())
    if (deadMember) etcd.reviveMember(deadMember)
    await simulation.runUntil(110_000)
    checkAlways(simulation, `seed ${seed}`)
    assert.notEqual(simulation.leader(), undefined, `seed ${seed}`)
    await simulation.close()
  }
})

test('a line that is slow and a process that hangs are not a dead site', async () => {
  for (const way of ['patroni', 'node', 'etcd', 'postgres']) {
    const simulation = await createSimulation({ random: createTestRandom(7), leader: 'a', watchers: true })
    await simulation.runUntil(5_000)
    for (const other of ['patroni', 'node', 'etcd', 'postgres'])
      if (other !== way) simulation.hung.add(`a/${other}`)
    simulation.network.setDelay('a', 300)
    await simulation.runUntil(30_000)
    assert.deepEqual(simulation.actions, [], `only ${way} answers`)
    await simulation.close()
  }
})

test('a watcher that stood still misses nobody when it goes on', async () => {
  const simulation = await createSimulation({ random: createTestRandom(5), leader: 'a', watchers: true })
  for (let second = 5; second < 25; second++) {
    await simulation.runUntil(second * 1_000)
    for (const site of sites) simulation.jumpClock(site, 30_000)
    await simulation.runUntil(second * 1_000 + 500)
    assert.deepEqual(simulation.etcd.store.read(['/dure/']), [], 'no report, no challenge')
  }
  await simulation.close()
})

test('with the stop key, in maintenance, during a switch-over or switched off nobody acts', async () => {
  const held: [string, string, string][] = [
    ['the stop key', watchKey('dure', 'stop'), 'on'],
    ['maintenance', '/service/dure/config', '{"pause":true}'],
    ['a switch-over', '/service/dure/failover', '{"leader":"a"}'],
  ]
  for (const [name, key, value] of held) {
    const simulation = await createSimulation({ random: createTestRandom(3), leader: 'a', watchers: true })
    await simulation.runUntil(8_000)
    simulation.etcd.store.transact({ compares: [], operations: [{ put: { key, value } }] })
    simulation.network.burn('a')
    await simulation.runUntil(16_000)
    assert.deepEqual(simulation.actions, [], name)
    await simulation.close()
  }
  const off = await createSimulation({ random: createTestRandom(3), leader: 'a', watchers: true, off: true })
  await off.runUntil(8_000)
  off.network.burn('a')
  await off.runUntil(16_000)
  assert.deepEqual(off.actions, [])
  await off.close()
})

test('a leader that comes back in time answers the challenge and stays', async () => {
  let answered = 0
  for (let lateMs = 2_200; lateMs < 3_800; lateMs += 100) {
    const simulation = await createSimulation({
      random: createTestRandom(lateMs),
      leader: 'a',
      watchers: true,
    })
    await simulation.runUntil(8_000)
    simulation.network.setCuts(new Set(links.filter((each) => each.includes('a'))))
    await simulation.runUntil(8_000 + lateMs)
    simulation.network.setCuts(new Set())
    await simulation.runUntil(40_000)
    checkAlways(simulation, `back after ${lateMs} ms`)
    const steps = simulation.actions.map(({ step }) => step)
    if (steps.length === 1) answered++
    if (!steps.includes('release')) assert.equal(simulation.leader(), 'a')
    assert(simulation.longestOutageMs() < lateMs + 4_500, `back after ${lateMs} ms`)
    await simulation.close()
  }
  assert(answered > 3, `only ${answered} challenges were answered`)
})
