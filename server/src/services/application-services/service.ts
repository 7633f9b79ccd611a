import type { Registry } from 'prom-client'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/db/database.ts'
import type { Authenticate } from '../../platform/http/access.ts'
import type { Jobs, RunningJob } from '../../platform/jobs.ts'
import type { JsonObject } from '../../platform/json.ts'
import type { Log } from '../../platform/log.ts'
import type { Random } from '../../platform/random.ts'
import type { Bus } from '../../platform/stream/bus.ts'
import type { Stream } from '../../platform/stream/stream.ts'
import type { Identity } from '../identity/api.ts'
import type { Presence } from '../presence/api.ts'
import type { Receipts } from '../receipts/api.ts'
import type { Rooms } from '../rooms/api.ts'
import type { Connections, Service } from './connections/connections.ts'
import { welcome } from './delivery/delivery-row.ts'
import { createMailbox, type Mailbox } from './delivery/mailbox.ts'
import { senderMetrics, sendTo } from './delivery/sender.ts'
import { createAuthenticate } from './operations/authenticate.ts'
import { ping } from './operations/ping.ts'
import { createThirdParty, type LookUp } from './operations/third-party.ts'

export type ApplicationServicesDeps = {
  connections: Connections
  db: Database
  stream: Stream
  bus: Bus
  jobs: Pick<Jobs, 'repeat'>
  clock: Clock
  random: Random
  log: Log
  metrics: Registry
  identity: Pick<Identity, 'authenticate' | 'actAs' | 'ensureAccount'>
  rooms: Rooms
  receipts: Pick<Receipts, 'inStream' | 'present'>
  presence: Pick<Presence, 'typing' | 'presence' | 'onChange'>
}

export type ApplicationServices = {
  /** For every route: application services and, through identity, everybody else. */
  authenticate: Authenticate
  /** Application services register and log in as often as they like. */
  isUnlimited(token: string): boolean
  /** Milliseconds that the service took. */
  ping(request: { serviceId: string; callerId: string; transactionId: string | undefined }): Promise<number>
  protocols(): Promise<Record<string, JsonObject>>
  protocol(name: string): Promise<JsonObject>
  lookUp(request: LookUp): Promise<JsonObject[]>
  /** Makes the accounts that the services act as by default; from now on they are told of what happens. */
  start(): Promise<void>
  /** Stops sending; another node takes over. */
  close(): void
}

/** How soon another node takes over from one that ends in order. */
const takeOverMs = 1_000
const nudgeTopic = 'application_services'

/** Create it before the stream, the bus and the jobs start. */
export function createApplicationServices(deps: ApplicationServicesDeps): ApplicationServices {
  const { connections, identity, bus } = deps
  const thirdParty = createThirdParty(deps)
  const told = connections.services.filter(({ url }) => url !== undefined)
  const closed = new AbortController()
  const mailboxes = sendFromOneNode(deps, told, closed.signal)
  bus.subscribe(nudgeTopic, (serviceId) => {
    mailboxes.get(String(serviceId))?.nudge()
  })

  return {
    authenticate: createAuthenticate(deps),
    isUnlimited: (token) => connections.holderOf(token) !== undefined,
    async ping(request) {
      const durationMs = await ping(deps, request)
      // It is there: whatever waits for it need not wait longer, on whichever node.
      mailboxes.get(request.callerId)?.nudge()
      bus.publish(nudgeTopic, request.callerId)
      return durationMs
    },
    protocols: thirdParty.protocols,
    protocol: thirdParty.protocol,
    lookUp: thirdParty.lookUp,
    async start() {
      const head = await deps.stream.head()
      for (const { senderId } of connections.services) await identity.ensureAccount(senderId)
      for (const { id } of told) await welcome(deps, id, head)
    },
    close() {
      closed.abort(new Error('the node ends'))
      for (const mailbox of mailboxes.values()) mailbox.close()
    },
  }
}

/** One job, and so one node at a time, sends to all services; when that node dies its lease ends and another goes on. */
function sendFromOneNode(
  deps: ApplicationServicesDeps,
  services: readonly Service[],
  closed: AbortSignal,
): ReadonlyMap<string, Mailbox> {
  if (services.length === 0) return new Map()
  const sending = { ...deps, call: deps.connections.call, metrics: senderMetrics(deps.metrics) }
  const mailboxes = new Map(
    services.map(({ id, receiveEphemeral: ephemeral }) => [id, createMailbox(deps, { ephemeral })]),
  )
  const send = async (job: RunningJob) => {
    const signal = AbortSignal.any([job.signal, closed])
    await Promise.all(
      services.map(async (service) => {
        const mailbox = mailboxes.get(service.id)
        if (mailbox) await sendTo(sending, service, { mailbox, signal })
      }),
    )
  }
  deps.jobs.repeat('application_services.send', takeOverMs, send, { endless: true })
  return mailboxes
}
