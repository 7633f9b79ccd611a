import type pg from 'pg'
import type { Registry } from 'prom-client'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Client } from './client.ts'
import { hostName, parseConnectionUrl } from './connection-url.ts'
import { createDatabaseMetrics } from './database-metrics.ts'
import { classifyFailure, codeOf } from './errors.ts'
import { createPrimary } from './primary.ts'
import { createSession, type Session } from './session.ts'
import { createStandbyReads } from './standby-reads.ts'
import { createWaitingLine } from './waiting-line.ts'

/** What one use of a connection means for others while it lasts. */
export type Use = {
  /** May be answered by a standby, and be done again elsewhere at any time. */
  read: boolean
  /** Always admitted to the waiting line: for what keeps the node in step. */
  admitted: boolean
}

export type Lease = { client: Client; session: Session }

/** `writable`: there is a primary. `read-only`: a standby answers reads. */
export type DatabaseState = 'writable' | 'read-only' | 'away'

/** Lends connections: to the primary, or for reads while there is none to a standby. */
export type Connections = {
  /** Throws `Outage` when it takes longer than `waitMs`, or too many wait. */
  lend(use: Use, waitMs: number): Promise<Lease>
  giveBack(lease: Lease, error?: unknown): void
  /** A connection to the primary outside the pool. The caller ends it. */
  connect(waitMs: number): Promise<pg.Client>
  state(): DatabaseState
  /** Something may have been read from a standby a moment ago: what was not found may be there all the same. */
  maybeStale(): boolean
  committed(position: number): void
  unconfirmed(): void
  close(): Promise<void>
}

export type ConnectionsOptions = {
  url: string
  /** The host of this node's own site, to be read from before the others when there is no primary. */
  ownHost?: string | undefined
  poolSize: number
  applicationName: string
  outageWaitMs: number
  /** Most requests that wait for a connection. */
  waitingMax: number
}

/** A planned switch-over takes about as long; nobody needs to read from a standby for that. */
const standbyAfterMs = 500
/** An answer made from what a standby gave has been sent by then. */
const staleForMs = 5000

export function createConnections(
  deps: { log: Log; clock: Clock; metrics: Registry },
  options: ConnectionsOptions,
): Connections {
  const target = parseConnectionUrl(options.url)
  const own = (host: string) => (host === options.ownHost ? 0 : 1)
  target.hosts.sort((left, right) => own(left.host) - own(right.host))
  const reads = new WeakMap<Session, Set<Client>>()
  let last: Session | undefined
  let readFromStandbyAtMs = Number.NEGATIVE_INFINITY

  const metrics = createDatabaseMetrics(deps.metrics, () => {
    const session = primary.session()
    return { primary: session && hostName(session.host), waiting: line.size() }
  })
  const line = createWaitingLine(deps, {
    waitingMax: options.waitingMax,
    choose: (read) => primary.session() ?? (read ? standby.session() : undefined),
    refused: metrics.refused,
  })
  const standby = createStandbyReads(deps, {
    primary: () => primary,
    open: (host) => createSession(deps, target, host, { ...options, primary: false }),
    afterMs: standbyAfterMs,
    changed: line.move,
  })
  const primary = createPrimary(deps, target, {
    ...options,
    silenceMaxMs: options.outageWaitMs,
    changed: moved,
    doubted: (session) => session.cut(reads.get(session) ?? []),
  })
  if (target.hosts.length > 1) standby.update()

  function moved(): void {
    const session = primary.session()
    if (session && last && session.host !== last.host) metrics.failedOver()
    last = session ?? last
    standby.update()
    line.move()
  }

  function giveBack({ client, session }: Lease, error?: unknown): void {
    reads.get(session)?.delete(client)
    const outage = error !== undefined && classifyFailure(error) === 'outage'
    session.give(client, outage)
    if (outage) failed(session, error)
    else primary.heard(session)
    line.move()
  }

  function failed(session: Session, error: unknown): void {
    primary.failed(session, codeOf(error))
    standby.failed(session)
  }

  return {
    async lend(use, waitMs) {
      const session = await line.place({ ...use, waitMs })
      try {
        const client = await session.open()
        if (use.read) {
          if (session === standby.session()) {
            metrics.readFromStandby()
            readFromStandbyAtMs = deps.clock.now()
          }
          const inFlight = reads.get(session)
          if (inFlight) inFlight.add(client)
          else reads.set(session, new Set([client]))
        }
        return { client, session }
      } catch (error) {
        session.give(undefined, true)
        failed(session, error)
        line.move()
        throw error
      }
    },
    giveBack,
    async connect(waitMs) {
      const session = await line.place({ read: false, admitted: true, waitMs })
      session.give(undefined, false)
      line.move()
      return session.connect()
    },
    state: () => (primary.session() ? 'writable' : standby.session() ? 'read-only' : 'away'),
    maybeStale: () => deps.clock.now() - readFromStandbyAtMs < staleForMs,
    committed: standby.committed,
    unconfirmed: metrics.unconfirmed,
    async close() {
      await standby.close()
      await primary.close()
    },
  }
}
