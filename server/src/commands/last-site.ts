import { execFile } from 'node:child_process'
import { userInfo } from 'node:os'
import { parseArgs, promisify } from 'node:util'
import { readConfiguration } from '../configuration.ts'
import { systemClock } from '../platform/clock.ts'
import { environment } from '../platform/config/environment.ts'
import { createLog } from '../platform/log.ts'
import { createEtcd } from '../platform/site/etcd.ts'
import { createQuestions } from '../platform/site/questions.ts'
import { ways } from '../platform/site/reach.ts'
import { type Site, type SitesFile, siteNamed, urlAt } from '../platform/site/sites-file.ts'
import { readEpoch } from '../sites/gate/epoch.ts'
import { createGateClient, type GateClient } from '../sites/gate/gate-client.ts'
import { lookAtGate, openGate } from '../sites/gate/wait-at-gate.ts'
import { createEtcdAdmin } from '../sites/operate/etcd-admin.ts'
import { lastSite, NotNowError } from '../sites/operate/last-site.ts'
import { type Machine, readMachine } from '../sites/operate/machine.ts'
import { readOwnDatabase } from '../sites/operate/own-database.ts'
import { createPatroniClient } from '../sites/operate/patroni-client.ts'
import { recordEpoch } from '../sites/operate/record-epoch.ts'
import { rejoin } from '../sites/operate/rejoin.ts'
import { withDatabase } from './database.ts'

type Place = { file: SitesFile; site: Site; machine: Machine; gates: GateClient }

const clock = systemClock
const questionMs = 2000
const run = promisify(execFile)

/** `sites last-site`: at the site that remains, as root. */
export async function lastSiteCommand(words: readonly string[]): Promise<number> {
  const names = { type: 'string', default: '' } as const
  const { values } = parseArgs({
    args: [...words],
    options: {
      lost: names,
      'i-have-fenced': names,
      by: { type: 'string', default: userInfo().username },
      'dry-run': { type: 'boolean', default: false },
    },
  })
  return tell(async () => {
    const place = findPlace()
    const { file, site } = place
    const url = urlAt(site.address, file.ports.etcdClient)
    const etcd = createEtcd({ clock }, { endpoints: [url], hedgeMs: 1000, timeoutMs: 5000 })
    await lastSite(
      {
        ...place,
        clock,
        answering: (other) => answeringWays(place, other),
        admin: createEtcdAdmin(url),
        etcd,
        ownDatabase: () => readOwnDatabase(file, site),
        record: (epoch, name, position) =>
          withDatabase(
            readConfiguration(environment),
            createLog('warn'),
            (db) => recordEpoch(db, epoch, name, position),
            { migrates: false },
          ),
        say,
      },
      file,
      {
        site: site.name,
        lost: listed(values.lost),
        fenced: listed(values['i-have-fenced']),
        by: values.by,
        dryRun: values['dry-run'],
      },
    ).finally(() => etcd.close())
  })
}

/** `sites rejoin <site>`: at the site that comes back, as root. */
export async function rejoinCommand(words: readonly string[]): Promise<number> {
  const { positionals } = parseArgs({ args: [...words], allowPositionals: true })
  return tell(async () => {
    const place = findPlace()
    const { file, site, machine, gates } = place
    if (positionals[0] !== site.name || positionals.length > 1)
      throw new NotNowError(`this machine is ${site.name}: here, dure sites rejoin ${site.name}`)
    const urlOf = ({ address }: Site) => urlAt(address, file.ports.etcdClient)
    const endpoints = file.sites.filter((other) => other !== site).map(urlOf)
    const etcd = createEtcd({ clock }, { endpoints, hedgeMs: 1000, timeoutMs: 5000 })
    await rejoin(
      {
        clock,
        machine,
        gates,
        adminAt: (other) => createEtcdAdmin(urlOf(other)),
        etcd,
        patroni: createPatroniClient(file, undefined),
        sizeOf: async (folder) => Number((await run('du', ['-sk', folder])).stdout.split('\t')[0]) * 1024,
        say,
      },
      file,
      site,
    ).finally(() => etcd.close())
  })
}

/** `sites gate [--open]`: what this machine's programs wait for, and letting them start without all other sites. */
export async function gateCommand(words: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...words], options: { open: { type: 'boolean', default: false } } })
  return tell(async () => {
    const { machine, ...place } = findPlace()
    const { siteState } = machine.layout
    const { epoch, members } = await readEpoch(siteState, place.file)
    say(`${place.site.name} is in epoch ${epoch} of ${members.join(', ')}`)
    if (values.open) await openGate(siteState, epoch)
    const verdict = await lookAtGate({ clock, gates: place.gates }, { ...place, siteState }, 'etcd')
    say(verdict.open ? 'etcd may start here' : `etcd waits here: ${verdict.what}`)
  })
}

function findPlace(): Place {
  const { core } = readConfiguration(environment)
  const path = environment['DURE_SITES']
  if (core.sites === undefined || path === undefined)
    throw new NotNowError('DURE_SITES is not set: this node is not one of several sites')
  const site = siteNamed(core.sites, core.site)
  return { file: core.sites, site, machine: readMachine(path), gates: createGateClient(core.sites) }
}

/** Everything that may answer there: one answer, however unwell, means that the site is not lost. */
async function answeringWays({ file, gates }: Place, site: Site): Promise<string[]> {
  const questions = createQuestions({ clock }, file, { timeoutMs: questionMs })
  const asked = await Promise.all(
    ways.map((way) =>
      questions.ask(site.name, way).then(
        () => [way],
        () => [],
      ),
    ),
  )
  return [...asked.flat(), ...((await gates.status(site)) ? ['gate'] : [])]
}

async function tell(work: () => Promise<void>): Promise<number> {
  try {
    await work()
    return 0
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    return error instanceof NotNowError ? 3 : 1
  }
}

function listed(names: string): string[] {
  return names.split(',').filter(Boolean)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
