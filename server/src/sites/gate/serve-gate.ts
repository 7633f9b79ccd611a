import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { isIP } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Clock } from '../../platform/clock.ts'
import { type Site, type SitesFile, urlAt } from '../../platform/site/sites-file.ts'
import { readEpoch, writeEpoch } from './epoch.ts'

export type GatePlace = { file: SitesFile; site: Site; siteState: string }

type Answer = { status: number; body: string }

/** A waiting program says so again and again; a reason this old is one that no longer holds. */
const toldMs = 5000
const bodyBytesMax = 4096
const etcdAnswerMs = 1500

/**
 * Answers for this site as long as its machine runs, whatever else does not: which epoch its data are of, and whether its etcd runs.
 * Admitting another site is the only thing that it changes.
 */
export async function serveGate({ clock }: { clock: Clock }, place: GatePlace): Promise<Server> {
  const { file, site } = place
  let told: { waits: string; atMs: number } | undefined

  async function status(): Promise<Answer> {
    const [epoch, etcdRuns] = await Promise.all([readEpoch(place.siteState, file), doesEtcdRun(place)])
    const waits = told && !etcdRuns && clock.now() - told.atMs < toldMs ? told.waits : null
    return { status: 200, body: JSON.stringify({ site: site.name, ...epoch, etcdRuns, waits }) }
  }

  async function handle(request: IncomingMessage): Promise<Answer> {
    const from = request.socket.remoteAddress ?? ''
    if (request.method === 'GET' && request.url === '/gate') return status()
    if (request.method !== 'POST') return { status: 404, body: 'there is no such thing here\n' }
    const fields = await readBody(request)
    if (request.url === '/gate/admit') return admit(place, fields, from)
    if (request.url === '/gate/waits' && isOwn(place, from) && typeof fields['waits'] === 'string') {
      told = { waits: fields['waits'], atMs: clock.now() }
      return { status: 204, body: '' }
    }
    return { status: 404, body: 'there is no such thing here\n' }
  }

  const server = createServer((request, response) => {
    handle(request)
      .catch((error: Error): Answer => ({ status: 500, body: `${error.message}\n` }))
      .then(({ status: code, body }) => response.writeHead(code).end(body))
      .catch(() => response.destroy())
  })
  server.listen(file.ports.gate, site.address)
  await once(server, 'listening')
  return server
}

/**
 * Whether etcd of this site is a process that takes part, also without a majority: a member that starts answers its peers before it
 * has a leader, and its clients only afterwards.
 */
export async function doesEtcdRun({ file, site }: GatePlace): Promise<boolean> {
  try {
    const url = `${urlAt(site.address, file.ports.etcdPeer)}/version`
    const response = await fetch(url, { signal: AbortSignal.timeout(etcdAnswerMs) })
    return 'etcdserver' in ((await response.json()) as object)
  } catch {
    return false
  }
}

/**
 * Makes a returning site a member of this site's epoch. From then on this site does not start alone any more without having seen it,
 * so it must be on disk here before the other one has anything of this epoch.
 */
async function admit(place: GatePlace, fields: Record<string, unknown>, from: string): Promise<Answer> {
  const { file, siteState } = place
  const newcomer = file.sites.find(({ name }) => name === fields['site'])
  if (!newcomer) return { status: 400, body: 'there is no such site\n' }
  if (!isFrom(from, newcomer.address) && !isOwn(place, from))
    return { status: 403, body: `only ${newcomer.name} itself may ask for that\n` }
  const epoch = await readEpoch(siteState, file)
  if (epoch.epoch !== fields['epoch']) return { status: 409, body: `this site is in epoch ${epoch.epoch}\n` }
  if (!(await doesEtcdRun(place))) return { status: 409, body: 'etcd does not run at this site\n' }
  if (!epoch.members.includes(newcomer.name))
    await writeEpoch(siteState, { ...epoch, members: [...epoch.members, newcomer.name] })
  return { status: 200, body: 'admitted\n' }
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  if (Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY) > bodyBytesMax) return {}
  try {
    const value: unknown = JSON.parse(await text(request))
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

function isOwn({ site }: GatePlace, from: string): boolean {
  return isFrom(from, site.address) || isFrom(from, '127.0.0.1') || from === '::1'
}

/** An IPv4 address can come in the form that it has in IPv6. */
function isFrom(from: string, address: string): boolean {
  return from === address || (isIP(address) === 4 && from === `::ffff:${address}`)
}
