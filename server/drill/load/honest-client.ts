import type { Clock } from '../../src/platform/clock.ts'
import type { Random } from '../../src/platform/random.ts'
import type { Answer, HttpClient, RequestOptions } from '../../test/support/http-client.ts'
import { createSiteBook, isLeaving, isShutDoor, type KnownSite } from './site-book.ts'
import type { Failure, Recorder, SiteAddress } from './types.ts'

/**
 * A client as every client should be: it knows all sites, repeats a request that brought no answer with the same ids,
 * follows Retry-After with a little jitter, asks a second site when the first is slow, and never takes an error of the
 * server for an answer. It throws when its patience ends.
 */
export type HonestClient = Omit<HttpClient, 'send'> & {
  send(method: string, path: string, options?: HonestOptions): Promise<Answer & { site: string }>
  /** What a client does first: it finds out whether its own site serves. */
  look(): Promise<void>
}

export type HonestOptions = RequestOptions & {
  /** Safe to ask of two sites at once: everything that carries an id of its own, and every read. Default true. */
  hedge?: boolean
  /** How long the server may keep the request waiting on purpose. */
  longPollMs?: number
  patienceMs?: number
}

export class PatienceEnded extends Error {}

type Deps = { clock: Clock; random: Random; recorder: Recorder }
type Outcome = { site: KnownSite; answer?: Answer; failure?: Failure; retryAfterMs: number }

const patienceMs = 90_000
/** A request that a node holds back during a fail-over is answered within its outage wait, 5 s by default. */
const attemptMs = 10_000
const hedgeMs = { least: 500, spread: 200 }
const quietMs = { short: 500, longPoll: 4000 }
const nowhereMs = 250

export function createHonestClient(deps: Deps, sites: readonly SiteAddress[], home: number): HonestClient {
  const { clock, random, recorder } = deps
  const book = createSiteBook(deps, sites, home)

  /** One attempt at one site. It is ended by `ended`: another site answered, or the caller does not want it any more. */
  async function attempt(
    site: KnownSite,
    method: string,
    path: string,
    { hedge: _, longPollMs, patienceMs: __, signal, ...options }: HonestOptions,
    ended: AbortSignal,
  ): Promise<Outcome> {
    const silence = new AbortController()
    const cancelLimit = clock.after((longPollMs ?? 0) + attemptMs, () => silence.abort())
    const unwatch = book.watch(site, longPollMs === undefined ? quietMs.short : quietMs.longPoll, () =>
      silence.abort(),
    )
    const signals = [silence.signal, ended, ...(signal ? [signal] : [])]
    try {
      const answer = await site.http.send(method, path, { ...options, signal: AbortSignal.any(signals) })
      book.heard(site)
      if (isLeaving(answer)) book.leaves(site)
      const failure = failureOf(answer)
      recorder.attempt(site.name, failure)
      return { site, answer, ...(failure ? { failure } : {}), retryAfterMs: retryAfterMs(answer) }
    } catch (error) {
      if (signal?.aborted) throw error
      const failure = ended.aborted ? 'overtaken' : failureThrown(error, silence.signal.aborted)
      recorder.attempt(site.name, failure)
      if (failure === 'closed' || failure === 'broken') book.doubt(site)
      return { site, failure, retryAfterMs: 0 }
    } finally {
      unwatch()
      cancelLimit()
    }
  }

  async function send(
    method: string,
    path: string,
    options: HonestOptions = {},
  ): ReturnType<HonestClient['send']> {
    const startedAt = clock.now()
    const deadline = startedAt + (options.patienceMs ?? patienceMs)
    const width = (options.hedge ?? true) && options.longPollMs === undefined ? 2 : 1
    const ended = new AbortController()
    const running = new Map<KnownSite, Promise<Outcome>>()
    /** Sites that asked to be left alone, and until when. */
    const resting = new Map<KnownSite, number>()
    let refusedAt: number | undefined
    try {
      while (clock.now() < deadline) {
        for (const [site, until] of resting) if (until <= clock.now()) resting.delete(site)
        const site =
          running.size < width ? book.choose(new Set([...running.keys(), ...resting.keys()])) : undefined
        if (site) running.set(site, attempt(site, method, path, options, ended.signal))
        const outcome = await firstOf(
          [...running.values()],
          pauseMs(running.size, width, resting),
          options.signal,
        )
        if (!outcome) continue
        running.delete(outcome.site)
        if (outcome.answer && !outcome.failure) {
          for (const slower of running.keys()) book.slow(slower)
          if (refusedAt !== undefined) recorder.readmitted(clock.now() - refusedAt)
          return Object.assign(outcome.answer, { site: outcome.site.name })
        }
        if (outcome.failure === 'refused') refusedAt ??= clock.now()
        resting.set(
          outcome.site,
          clock.now() + outcome.retryAfterMs + 50 + random.below(150 + outcome.retryAfterMs / 4),
        )
      }
    } finally {
      ended.abort()
    }
    throw new PatienceEnded(`no answer to ${method} ${path} in ${deadline - startedAt} ms`)
  }

  /** How long to wait for what runs before looking again whether another site should be asked. */
  function pauseMs(running: number, width: number, resting: ReadonlyMap<KnownSite, number>): number {
    if (running === width) return attemptMs * 10
    if (running > 0) return hedgeMs.least + random.below(hedgeMs.spread)
    const rest = Math.min(...resting.values()) - clock.now()
    return Number.isFinite(rest) ? Math.max(1, rest) : nowhereMs + random.below(nowhereMs)
  }

  /** The first outcome, or nothing when the pause ended before. */
  async function firstOf(
    running: readonly Promise<Outcome>[],
    ms: number,
    signal: AbortSignal | undefined,
  ): Promise<Outcome | undefined> {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const cancel = clock.after(ms, () => resolve(undefined))
    const onAbort = () => resolve(undefined)
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      const outcome = await Promise.race([...running, promise])
      signal?.throwIfAborted()
      return outcome
    } finally {
      cancel()
      signal?.removeEventListener('abort', onAbort)
    }
  }

  return { send, look: () => book.look(), close: () => book.close() }
}

function failureOf({ status }: Answer): Failure | undefined {
  if (status === 503 || status === 429) return 'refused'
  return status >= 500 ? 'error' : undefined
}

function failureThrown(error: unknown, silent: boolean): Failure {
  if (silent) return 'unanswered'
  return isShutDoor(error) ? 'closed' : 'broken'
}

/** https://spec.matrix.org/v1.19/client-server-api/#rate-limiting: the header, which a 503 carries as well. */
function retryAfterMs({ headers }: Answer): number {
  const seconds = Number(headers['retry-after'] ?? 0)
  return Number.isFinite(seconds) ? Math.max(0, seconds) * 1000 : 0
}
