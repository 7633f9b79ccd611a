import { Counter, type Registry } from 'prom-client'
import type { Clock } from '../clock.ts'
import { addressRules } from './addresses.ts'
import { createAgents } from './agents.ts'
import type { OutgoingSettings } from './config.ts'
import { addressesOf, type PlainHttp, parseDestination } from './destination.ts'
import { OutgoingError } from './errors.ts'
import { createResolver, rememberBriefly } from './resolver.ts'
import { type Answer, sendOnce } from './send-once.ts'

export type OutgoingRequest = {
  url: string
  /** `GET` unless it says otherwise. */
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  headers?: Readonly<Record<string, string>>
  body?: string | Uint8Array
  /** From the first DNS question to the last byte of the answer, all redirects together. */
  timeoutMs?: number
  /** Longest body of an answer. */
  bodyBytesMax?: number
  /** Cuts a longer body there instead of refusing it. */
  truncate?: boolean
  /** Redirects to follow, of GET alone. Without it an answer that redirects is an answer. */
  redirectsMax?: number
  plainHttp?: PlainHttp
  signal?: AbortSignal
}

/** An answer of any status. Header names are in lower case. */
export type OutgoingAnswer = Answer & {
  /** Where it came from after all redirects. */
  url: string
}

/**
 * The one way out for every URL that somebody else gave this server. Nothing of what it is given makes it talk to this
 * machine or to a network that is not open to everybody, unless the operator named that network.
 */
export type Outgoing = {
  /**
   * Sends a request; throws `OutgoingError` when no whole answer comes. The far side may have received it all the same, and
   * may receive it twice where a kept connection broke: give what writes an id of its own.
   */
  send(request: OutgoingRequest): Promise<OutgoingAnswer>
  /**
   * Throws `OutgoingError` when `send` would refuse this URL, to tell whoever gives it to us to keep. A host whose address is
   * not known just now passes.
   */
  examine(url: string, options?: { plainHttp?: PlainHttp }): Promise<void>
  /** Ends kept connections. */
  close(): void
}

const defaults = { timeoutMs: 10_000, bodyBytesMax: 1024 * 1024 }

export function createOutgoing(
  deps: { metrics: Registry; clock: Clock },
  settings: OutgoingSettings,
  userAgent: string,
): Outgoing {
  const rules = addressRules(settings.privateNetworks)
  const places = { rules, resolve: rememberBriefly(createResolver(settings.nameServers), deps.clock) }
  const agents = createAgents()
  const sent = new Counter({
    name: 'dure_outgoing_requests_total',
    help: 'Requests to URLs that others gave, by outcome: a class of status, or why there was no answer.',
    labelNames: ['outcome'],
    registers: [deps.metrics],
  })

  async function hop(url: URL, request: OutgoingRequest, signal: AbortSignal): Promise<Answer> {
    const { plainHttp = 'anywhere' } = request
    // A question to the DNS cannot be taken back, but nobody has to wait for its answer.
    const addresses = await unlessAborted(addressesOf(url, places, plainHttp), signal)
    const { method = 'GET', headers = {}, body, truncate = false } = request
    return sendOnce(
      { url, addresses, method, headers: { 'user-agent': userAgent, ...headers }, body },
      { agents, signal, limits: { bodyBytesMax: request.bodyBytesMax ?? defaults.bodyBytesMax, truncate } },
    )
  }

  async function follow(request: OutgoingRequest, signal: AbortSignal): Promise<OutgoingAnswer> {
    const { redirectsMax = 0, method = 'GET' } = request
    let url = parseDestination(request.url)
    let current = request
    for (let followed = 0; ; followed++) {
      const answer = await hop(url, current, signal)
      const location = redirectsMax > 0 && method === 'GET' ? locationOf(answer) : undefined
      if (location === undefined) return { ...answer, url: url.href }
      if (followed === redirectsMax) throw new OutgoingError('redirects', 'too many redirects')
      const next = parseDestination(URL.parse(location, url.href)?.href ?? '')
      // What was meant for one host is not told to another.
      if (next.origin !== url.origin) current = { ...current, headers: publicHeaders(current.headers) }
      url = next
    }
  }

  return {
    async send(request) {
      const deadline = AbortSignal.timeout(request.timeoutMs ?? defaults.timeoutMs)
      const signal = request.signal ? AbortSignal.any([deadline, request.signal]) : deadline
      try {
        const answer = await follow(request, signal)
        sent.labels(`${Math.floor(answer.status / 100)}xx`).inc()
        return answer
      } catch (error) {
        request.signal?.throwIfAborted()
        const problem = deadline.aborted ? new OutgoingError('timeout', 'no whole answer in time') : error
        sent.labels(problem instanceof OutgoingError ? problem.problem : 'defect').inc()
        throw problem
      }
    },
    async examine(url, { plainHttp = 'anywhere' } = {}) {
      try {
        await addressesOf(parseDestination(url), places, plainHttp)
      } catch (error) {
        if (!(error instanceof OutgoingError) || error.isRefusal) throw error
      }
    },
    close() {
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

function locationOf({ status, headers }: Answer): string | undefined {
  return [301, 302, 303, 307, 308].includes(status) ? headers['location'] : undefined
}

const forAnybody = new Set(['accept', 'accept-language', 'user-agent'])

function publicHeaders(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => forAnybody.has(name.toLowerCase())))
}

function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', abort))
}
