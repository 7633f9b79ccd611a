import { execFile, execFileSync } from 'node:child_process'
import { chownSync, mkdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { createGateClient } from '../../src/sites/gate/gate-client.ts'
import type { SiteConfiguration } from './configure.ts'
import { createDisk, type Disk, plainDisk } from './disk.ts'
import type { Network } from './network.ts'
import { killAll } from './processes.ts'
import { type Supervised, supervise } from './supervised.ts'
import type { Tools } from './tools.ts'
import { serveUnits } from './units.ts'

/** One site of the drill: its machine, with everything that runs on it. */
export type Site = {
  name: string
  address: string
  /** Where its node serves clients. */
  url: string
  disk: Disk
  gate: Supervised
  etcd: Supervised
  patroni: Supervised
  node: Supervised
  start(): void
  /** Everything dies at once, as the machine does. The caller cuts the links at the same instant. */
  kill(): Promise<void>
  /** The environment that the node, Patroni and PostgreSQL get on top at their next start: another clock. What leads into the site does not get it. */
  extra: Record<string, string>
  /** Where the server's sources are; the next start of the node takes them. */
  serverFolder: string
  /** Runs an operator's command on this site's machine and gives what it printed. Throws, with that, when it fails. */
  dure(...words: string[]): Promise<string>
  /** What its gate says of it, seen from outside. */
  atGate(): Promise<{ etcdRuns: boolean; waits: string | undefined }>
  /** Cuts the node off from every PostgreSQL and nothing else, or mends it. */
  cutDatabase(cut: boolean): void
}

export type SiteDeps = {
  network: Network
  tools: Tools
  folder: string
  /** What else nodes are to know. */
  nodeEnvironment: Record<string, string>
}

const run = promisify(execFile)
const ownServer = resolve(import.meta.dirname, '../..')
const isRoot = process.getuid?.() === 0

/** PostgreSQL refuses to run as root: then it is the user that Debian's package makes for it, else whoever runs the drill. */
export function databaseUser(): { name: string; uid: number; gid: number } {
  const name = isRoot ? 'postgres' : userInfo().username
  const id = (what: string) => Number(execFileSync('id', [what, name], { encoding: 'utf8' }))
  return { name, uid: id('-u'), gid: id('-g') }
}

export function createSite(deps: SiteDeps, configuration: SiteConfiguration): Site {
  const { network, tools } = deps
  const { layout } = configuration
  const { name, address, publicUrl } = configuration.site
  const disk = isRoot
    ? createDisk(join(deps.folder, name, 'disk'))
    : plainDisk(join(deps.folder, name, 'disk'))
  const user = databaseUser()
  for (const own of [layout.socketFolder, layout.siteState, layout.etcdState, layout.postgresState]) {
    mkdirSync(own, { recursive: true, mode: 0o700 })
    if (isRoot) chownSync(own, user.uid, user.gid)
  }
  const asUser = [
    ...network.within(name),
    ...(isRoot ? ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--'] : []),
  ]
  const usual = { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', HOME: layout.postgresState }
  const log = (program: string) => join(deps.folder, 'logs', `${name}-${program}.log`)
  const atGate = (what: string) => [
    ...network.within(name),
    process.execPath,
    join(ownServer, 'src/sites/gate/program.ts'),
    what,
    ...['--sites', join(layout.etc, 'sites.yaml'), '--site', name, '--state', layout.siteState],
  ]
  const program = (
    kind: string,
    command: () => string[],
    environment: () => Record<string, string>,
    before?: string[],
  ) =>
    supervise(() => ({
      name: kind,
      command: command(),
      ...(before && { before }),
      environment: { ...usual, ...environment() },
      log: log(kind),
      ...(kind === 'etcd' && { stopMs: 5000 }),
    }))
  const withExtra = () => ['env', ...Object.entries(site.extra).map(([key, value]) => `${key}=${value}`)]
  const site: Site = {
    name,
    address,
    url: publicUrl,
    disk,
    extra: {},
    serverFolder: ownServer,
    gate: program(
      'gate',
      () => atGate('serve'),
      () => ({}),
    ),
    etcd: program(
      'etcd',
      () => [...asUser, tools.etcd, '--config-file', configuration.etcdFile],
      () => ({ ETCD_UNSUPPORTED_ARCH: process.arch }),
      atGate('etcd'),
    ),
    patroni: program(
      'patroni',
      () => [...asUser, ...withExtra(), ...tools.patroni.command, configuration.patroniFile],
      () => tools.patroni.environment,
      atGate('patroni'),
    ),
    node: program(
      'node',
      () => [
        ...network.within(name),
        ...withExtra(),
        process.execPath,
        join(site.serverFolder, 'src/main.ts'),
      ],
      () => ({ ...configuration.nodeEnvironment, ...deps.nodeEnvironment }),
    ),
    async dure(...words) {
      const [command = '', ...rest] = [
        ...network.within(name),
        process.execPath,
        join(site.serverFolder, 'src/main.ts'),
        ...words,
      ]
      const { stdout } = await run(command, rest, {
        env: { ...usual, ...configuration.nodeEnvironment, ...deps.nodeEnvironment },
      })
      return stdout
    },
    async atGate() {
      const status = await createGateClient(configuration).status(configuration.site)
      if (!status) throw new Error(`the gate of ${name} does not answer`)
      return status
    },
    cutDatabase(cut) {
      // The node runs as root here, and PostgreSQL and Patroni as another user: theirs goes through.
      const rule = `table inet drill { chain output { type filter hook output priority 0; meta skuid 0 tcp dport ${configuration.postgresPort} drop; }; }`
      const words = cut ? ['-f', '-'] : ['delete', 'table', 'inet', 'drill']
      const [command = '', ...rest] = [...network.within(name), tools.nft ?? 'nft', ...words]
      execFileSync(command, rest, { input: cut ? rule : '' })
    },
    start() {
      for (const supervised of programs()) supervised.start()
    },
    async kill() {
      for (const supervised of programs()) supervised.abandon()
      await killAll(() => network.processesOf(name))
      await Promise.all(programs().map((supervised) => supervised.gone()))
    },
  }
  const programs = () => [site.gate, site.etcd, site.patroni, site.node]
  serveUnits(layout.systemctl, {
    'dure-gate': site.gate,
    'dure-etcd': site.etcd,
    'dure-patroni': site.patroni,
    dure: site.node,
  })
  return site
}
