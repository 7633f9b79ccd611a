import { connect } from 'node:net'
import type { Clock } from '../../platform/clock.ts'
import { type Ports, type Site, type SitesFile, urlAt } from '../../platform/site/sites-file.ts'
import { ok, type SiteFinding } from './finding.ts'
import { judgePatroni } from './patroni-version.ts'

type Deps = { clock: Clock }
type Answer = { body: unknown; clockAheadMs: number | undefined }

const answerMs = 3000
const clockMaxMs = 1000
const roundTripMaxMs = 20
const lagMaxBytes = 16 * 1024 * 1024

/** Asks every site over the mesh, from the machine on which the command runs. It changes nothing. */
export async function checkLive(deps: Deps, file: SitesFile): Promise<SiteFinding[]> {
  const perSite = await Promise.all(file.sites.map((site) => checkSite(deps, file.ports, site)))
  return [...perSite.flat(), ...(await checkCluster(deps, file))]
}

/** What `doctor` looks at besides, on a machine of one of the sites. */
export async function checkOwnPatroni(deps: Deps, { ports }: SitesFile, site: Site): Promise<SiteFinding[]> {
  const answer = await get(deps, `${urlAt(site.address, ports.patroni)}/patroni`)
  if (answer) return [judgePatroni(site.name, String(field(field(answer.body, 'patroni'), 'version')))]
  return [
    {
      level: 'warning',
      what: `${site.name}: its Patroni does not answer, so its version is unknown`,
      why: 'Before 4 it lost acknowledged commits.',
      advice: 'systemctl status dure-patroni',
    },
  ]
}

async function checkSite(deps: Deps, ports: Ports, site: Site): Promise<SiteFinding[]> {
  const findings: SiteFinding[] = []
  for (const name of ['node', 'postgres', 'patroni', 'etcdClient', 'etcdPeer', 'gate'] as const) {
    if (await listens(site.address, ports[name])) continue
    findings.push({
      level: 'problem',
      what: `${site.name}: nothing answers at the port of ${name} (${site.address}, ${ports[name]})`,
      why: 'A site that does not take part is a site that is lost already.',
      advice: `There: systemctl status ${unitOf[name]}; and from here: ping ${site.address} (the mesh).`,
    })
  }
  if (findings.length === 0) findings.push(ok(`${site.name}: all ports answer`))
  findings.push(...(await checkDistance(site, ports.etcdClient)))
  const patroni = await get(deps, `${urlAt(site.address, ports.patroni)}/patroni`)
  if (patroni) findings.push(...judgeMember(site.name, patroni))
  const version = await get(deps, `${urlAt(site.address, ports.etcdClient)}/version`)
  const etcd = field(version?.body, 'etcdserver')
  if (typeof etcd === 'string') findings.push(ok(`${site.name}: etcd ${etcd}`))
  const health = await get(deps, `${urlAt(site.address, ports.etcdClient)}/health`)
  if (version && String(field(health?.body, 'health')) !== 'true')
    findings.push({
      level: 'problem',
      what: `${site.name}: its etcd is not healthy: ${JSON.stringify(health?.body ?? 'no answer')}`,
      why: 'Without a majority of healthy members nobody can be made leader.',
      advice: 'There: journalctl -u dure-etcd. A full disk and an exceeded quota are the usual reasons.',
    })
  const ready = await get(deps, `${urlAt(site.address, ports.node)}/readyz`)
  if (ready && field(ready.body, 'status') !== 'ready')
    findings.push({
      level: 'warning',
      what: `${site.name}: its node is not ready`,
      why: 'It is drained, or cannot reach the database.',
      advice: 'dure sites status tells which.',
    })
  return findings
}

const unitOf = {
  node: 'dure',
  postgres: 'dure-patroni',
  patroni: 'dure-patroni',
  etcdClient: 'dure-etcd',
  etcdPeer: 'dure-etcd',
  gate: 'dure-gate',
}

function judgeMember(site: string, { body, clockAheadMs }: Answer): SiteFinding[] {
  const findings = [judgePatroni(site, String(field(field(body, 'patroni'), 'version')))]
  const server = Number(field(body, 'server_version'))
  if (server > 0) findings.push(ok(`${site}: PostgreSQL ${Math.floor(server / 10_000)}.${server % 10_000}`))
  if (clockAheadMs !== undefined && Math.abs(clockAheadMs) > clockMaxMs)
    findings.push({
      level: 'problem',
      what: `${site}: its clock differs by about ${(clockAheadMs / 1000).toFixed(0)} s`,
      why: 'Timestamps of messages jump when people change sites, and logs cannot be laid side by side.',
      advice: 'There: systemctl enable --now chrony; chronyc tracking.',
    })
  return findings
}

/** A connection takes one round trip; of several the quickest, because the first may have had to find its way. */
async function checkDistance(site: Site, port: number): Promise<SiteFinding[]> {
  const tookMs: number[] = []
  for (let i = 0; i < 3; i++) {
    const started = performance.now()
    if (!(await listens(site.address, port))) return []
    tookMs.push(performance.now() - started)
  }
  const roundTripMs = Math.min(...tookMs)
  if (roundTripMs <= roundTripMaxMs)
    return [ok(`${site.name}: a round trip takes ${roundTripMs.toFixed(1)} ms`)]
  return [
    {
      level: 'warning',
      what: `${site.name}: a round trip takes ${roundTripMs.toFixed(0)} ms`,
      why: 'Every commit waits for another site; beyond 20 ms etcd elects too readily with the rendered 500 ms.',
      advice: 'Choose sites that are nearer to each other, or raise heartbeat and election times with care.',
    },
  ]
}

async function checkCluster(deps: Deps, file: SitesFile): Promise<SiteFinding[]> {
  const ask = async (path: string) =>
    (
      await Promise.all(
        file.sites.map(({ address }) => get(deps, `${urlAt(address, file.ports.patroni)}${path}`)),
      )
    ).find((answer) => answer !== undefined)?.body
  const config = await ask('/config')
  if (config === undefined)
    return [
      {
        level: 'problem',
        what: 'no Patroni answers',
        why: 'Without it nobody can tell whether a commit is at two sites.',
        advice: 'At each site: systemctl status dure-patroni dure-etcd.',
      },
    ]
  const members = field(await ask('/cluster'), 'members')
  const findings: SiteFinding[] = []
  for (const [name, wanted] of [
    ['synchronous_mode', 'quorum'],
    ['synchronous_mode_strict', 'true'],
  ] as const) {
    const found = String(field(config, name))
    findings.push(
      found === wanted
        ? ok(`${name} is ${wanted}`)
        : {
            level: 'problem',
            what: `${name} is ${found} instead of ${wanted}`,
            why: 'A commit could be acknowledged that only one site has.',
            advice: `patronictl -c /etc/dure/patroni.yml edit-config -s ${name}=${wanted}`,
          },
    )
  }
  return [...findings, ...judgeReplicas(file, Array.isArray(members) ? members : [])]
}

function judgeReplicas({ sites }: SitesFile, members: readonly unknown[]): SiteFinding[] {
  return sites.flatMap(({ name }): SiteFinding[] => {
    const member = members.find((each) => field(each, 'name') === name)
    const role = String(field(member, 'role'))
    const lag = field(member, 'lag')
    if (role === 'leader') return [ok(`${name}: the database leads here`)]
    const level = field(member, 'state') === 'streaming' && typeof lag === 'number' && lag <= lagMaxBytes
    if (level) return [ok(`${name}: the database follows, ${lag} bytes behind (${role})`)]
    return [
      {
        level: 'problem',
        what: `${name}: the database does not follow: ${member ? JSON.stringify(member) : 'it is no member'}`,
        why: 'One more site lost, and writing stops.',
        advice: `There: journalctl -u dure-patroni. When it cannot catch up: patronictl -c /etc/dure/patroni.yml reinit <cluster> ${name}`,
      },
    ]
  })
}

/** Undefined when there is no answer. HTTP dates have whole seconds, which is enough for clocks that are wrong. */
async function get({ clock }: Deps, url: string): Promise<Answer | undefined> {
  try {
    const askedMs = clock.now()
    const started = performance.now()
    const response = await fetch(url, { signal: AbortSignal.timeout(answerMs) })
    const roundTripMs = performance.now() - started
    const date = Date.parse(response.headers.get('date') ?? '')
    const clockAheadMs = Number.isNaN(date) ? undefined : date + 500 - (askedMs + roundTripMs / 2)
    return { body: await response.json(), clockAheadMs }
  } catch {
    return undefined
  }
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: answerMs })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}
