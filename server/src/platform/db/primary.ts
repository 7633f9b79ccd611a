import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { type ConnectionTarget, type Host, hostName } from './connection-url.ts'
import { type HostProbe, probeEveryMs, probeHost, type Sighting } from './host-probe.ts'
import { createSession, type Session, type SessionOptions } from './session.ts'

/**
 * Keeps connections to whichever of the configured hosts accepts writes, and moves them as soon as another one does. No DNS
 * and no proxy is needed: a probe watches every host. Of two that claim to be the primary the higher timeline wins, and
 * this node never goes back to a lower one: that would be a server which has not yet heard that it was replaced.
 */
export type Primary = {
  /** The connections to use now; undefined while no host is known to accept writes, or the one that did is silent. */
  session(): Session | undefined
  /** Hosts that last said to be standbys, in the order of preference. */
  standbys(): { host: Host; streamed: boolean }[]
  /** Something was answered over this session. */
  heard(session: Session): void
  /** A statement failed over this session because of the server or the way there. */
  failed(session: Session, code: string): void
  close(): Promise<void>
}

export type PrimaryOptions = SessionOptions & {
  /** How long a silent primary may keep what is in flight. */
  silenceMaxMs: number
  /** `session` or `standbys` may give something else now. */
  changed: () => void
  /** The primary has become silent: whatever can be repeated elsewhere without harm should be. */
  doubted: (session: Session) => void
}

type Current = { session: Session; timeline: number; silentTicks: number; heard: boolean; doubted: boolean }
type Deps = { log: Log; clock: Clock }

/** After this much silence no further request is given to the primary. */
const doubtAfterTicks = 1500 / probeEveryMs
const readOnlyTransaction = '25006'

export function createPrimary(deps: Deps, target: ConnectionTarget, options: PrimaryOptions): Primary {
  // With one host there is nowhere else to look: its pool replaces broken connections by itself.
  if (target.hosts.length === 1) return onlyHost(deps, target, target.hosts[0] as Host, options)
  const sightings = new Map<Host, Sighting>()
  const probes: HostProbe[] = []
  let current: Current | undefined
  let timelineMax = 0
  const closed = new AbortController()

  function leave(reason: string): void {
    if (!current) return
    deps.log.warn({ host: hostName(current.session.host), reason }, 'leaving the database host')
    current.session.cutAll()
    current = undefined
    for (const probe of probes) probe.hurry()
    options.changed()
  }

  function follow(host: Host, timeline: number): void {
    if (current) leave(`${hostName(host)} is the primary of timeline ${timeline}`)
    timelineMax = timeline
    const session = createSession(deps, target, host, { ...options, primary: true })
    current = { session, timeline, silentTicks: 0, heard: true, doubted: false }
    deps.log.info({ host: hostName(host), timeline }, 'using database')
    options.changed()
  }

  function doubt(): void {
    if (!current || current.doubted) return
    current.doubted = true
    options.doubted(current.session)
    options.changed()
  }

  function take(host: Host, sighting: Sighting): void {
    sightings.set(host, sighting)
    const isCurrent = current?.session.host === host
    if (sighting.role === 'primary') {
      if (isCurrent && current) {
        current.timeline = timelineMax = Math.max(timelineMax, sighting.timeline)
        current.heard = true
        trust(current)
      } else if (sighting.timeline > timelineMax || (!current && sighting.timeline === timelineMax)) {
        follow(host, sighting.timeline)
      }
    } else if (isCurrent) {
      if (sighting.role === 'standby') leave('it has become a standby')
      else if (sighting.role === 'refused') doubt()
    }
    options.changed()
  }

  function trust(known: Current): void {
    if (!known.doubted) return
    known.doubted = false
    known.silentTicks = 0
    options.changed()
  }

  /** Counts ticks, not time: a wall clock that is set, or a process that was stopped, is no silence of the other side. */
  async function listen(): Promise<void> {
    for (;;) {
      await deps.clock.sleep(probeEveryMs, closed.signal)
      if (!current) continue
      current.silentTicks = current.heard ? 0 : current.silentTicks + 1
      current.heard = false
      if (current.silentTicks >= doubtAfterTicks) doubt()
      if (current.silentTicks * probeEveryMs >= options.silenceMaxMs) leave('it has been silent for too long')
    }
  }

  for (const host of target.hosts) {
    const report = (sighting: Sighting) => take(host, sighting)
    probes.push(probeHost(deps, target, host, { applicationName: options.applicationName, report }))
  }
  listen().catch(() => undefined)

  return {
    session: () => (current?.doubted ? undefined : current?.session),
    standbys: () =>
      target.hosts.flatMap((host) => {
        const sighting = sightings.get(host)
        return sighting?.role === 'standby' ? [{ host, streamed: sighting.streamed }] : []
      }),
    heard(session) {
      if (current?.session === session) current.heard = true
    },
    failed(session, code) {
      if (current?.session !== session) return
      if (code === readOnlyTransaction) leave('it is read-only')
      else for (const probe of probes) probe.hurry()
    },
    async close() {
      closed.abort(new Error('the database is closed'))
      for (const probe of probes) probe.close()
      await current?.session.end()
    },
  }
}

function onlyHost(deps: Deps, target: ConnectionTarget, host: Host, options: PrimaryOptions): Primary {
  // Alone it is what there is: a copy, too, can be looked at.
  const session = createSession(deps, target, host, { ...options, primary: false })
  return {
    session: () => session,
    standbys: () => [],
    heard: () => undefined,
    failed: () => undefined,
    close: () => session.end(),
  }
}
