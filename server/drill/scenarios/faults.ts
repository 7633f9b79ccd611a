import { setTimeout as sleep } from 'node:timers/promises'
import { outageAim, type Scenario } from './scenario.ts'

const lastingMs = 20_000

/** One direction loses a third of its packets: acknowledgements vanish while requests arrive. */
export const oneWayLoss: Scenario = {
  name: 'one-way-loss',
  title: 'Lose 30 % of the packets in one direction',
  burn: false,
  quick: false,
  needs: ['links'],
  async run({ world, load }) {
    const primary = await world.primary()
    const others = world.sites.filter((site) => site !== primary)
    await load.mark(`packets from ${primary.name} get lost`, primary.name)
    await world.network.set(others.map(({ name }) => ({ from: primary.name, to: name, loss: 0.3 })))
    await sleep(lastingMs)
    await world.calm()
    return { site: primary.name, rejoinS: await world.level(), notes: [] }
  },
  aims: outageAim(35),
}

export const slowSite: Scenario = {
  name: 'slow-site',
  title: '300 ms more and 5 % loss at one site',
  burn: false,
  quick: false,
  needs: ['links'],
  async run({ world, load, random }) {
    const site = world.sites[random.below(world.sites.length)] ?? (await world.primary())
    const change = { delayMs: 300, loss: 0.05 }
    await load.mark(`${site.name} becomes slow`, site.name)
    await world.network.set(
      world.sites
        .filter((other) => other !== site)
        .flatMap(({ name }) => [
          { from: site.name, to: name, ...change },
          { from: name, to: site.name, ...change },
        ]),
    )
    await sleep(lastingMs)
    await world.calm()
    return { site: site.name, rejoinS: await world.level(), notes: [] }
  },
  aims: outageAim(35),
}

export const stalledDisk: Scenario = {
  name: 'stalled-disk',
  title: 'The disk of the primary’s site hangs for 20 s',
  burn: false,
  quick: false,
  needs: ['disks'],
  async run({ world, load }) {
    const primary = await world.primary()
    await load.mark(`the disk of ${primary.name} hangs`, primary.name)
    await primary.disk.stall(lastingMs)
    return { site: primary.name, rejoinS: await world.level(), notes: [] }
  },
  aims: outageAim(35),
}

export const fullDisk: Scenario = {
  name: 'full-disk',
  title: 'The disk of the primary’s site is full',
  burn: false,
  quick: false,
  needs: ['disks'],
  async run({ world, load }) {
    const primary = await world.primary()
    await load.mark(`the disk of ${primary.name} is full`, primary.name)
    primary.disk.fill()
    await sleep(lastingMs)
    primary.disk.empty()
    return { site: primary.name, rejoinS: await world.level(), notes: [] }
  },
  aims: outageAim(35),
}

export const killEtcd: Scenario = {
  name: 'kill-etcd',
  title: 'Kill one etcd member',
  burn: false,
  quick: false,
  async run({ world, load }) {
    const primary = await world.primary()
    await load.mark(`etcd at ${primary.name} is killed`, primary.name)
    await primary.etcd.kill()
    await sleep(lastingMs / 4)
    return { site: primary.name, rejoinS: await world.level(), notes: [] }
  },
  aims: outageAim(15),
}

/** The node lives and is reached, but no PostgreSQL is, its own site's included. */
export const isolateNode: Scenario = {
  name: 'isolate-node',
  title: 'Cut a node off from every database',
  burn: false,
  quick: false,
  needs: ['filter'],
  async run({ world, load, random }) {
    const site = world.sites[random.below(world.sites.length)] ?? (await world.primary())
    await load.mark(`the node of ${site.name} reaches no database`, site.name)
    site.cutDatabase(true)
    try {
      await sleep(lastingMs)
    } finally {
      site.cutDatabase(false)
    }
    return { site: site.name, rejoinS: await world.level(), notes: [] }
  },
  aims: outageAim(15),
}

const skew = '+600s'

/** Everything at the site is started again with a clock that is ten minutes ahead, and then with the right one. */
export const clockSkew: Scenario = {
  name: 'clock-skew',
  title: 'The clock of the primary’s site is 10 minutes ahead',
  burn: false,
  quick: false,
  needs: ['clock'],
  async run({ world, load, tools }) {
    const site = await world.primary()
    await load.mark(`the clock of ${site.name} is wrong`, site.name)
    await world.burn(site)
    // The time that passes is right: only what it is called is wrong.
    site.extra = { LD_PRELOAD: tools.libfaketime ?? '', FAKETIME: skew, FAKETIME_DONT_FAKE_MONOTONIC: '1' }
    await world.restore(site)
    await world.level()
    await sleep(lastingMs)
    site.extra = {}
    await world.burn(site)
    await world.restore(site)
    return { site: site.name, rejoinS: await world.level(), notes: [] }
  },
  aims: outageAim(15),
}
