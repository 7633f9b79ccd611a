import { setTimeout as sleep } from 'node:timers/promises'
import { outageAim, type Scenario } from './scenario.ts'

const lastingMs = 20_000

/** One direction loses a third of its packets: acknowledgements vanish while requests arrive. */
export const oneWayLoss: Scenario = {
  name: 'one-way-loss',
  title: 'Lose 30 % of the packets in one direction',
  burn: false,
  quick: false,
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
