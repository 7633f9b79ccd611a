import type { Clock } from '../../src/platform/clock.ts'
import type { Random } from '../../src/platform/random.ts'
import { type Answer, createHttpClient, type HttpClient } from '../../test/support/http-client.ts'
import type { SiteAddress } from './types.ts'

/**
 * What one client knows of the sites: which is its own, which seem dead. A site that stays silent is asked something
 * cheap (`GET /_matrix/client/versions`); when that brings no answer either, every request that waits there is given up
 * at once, and the client asks now and then whether the site is back.
 */
export type SiteBook = {
  /** The best site that is not in `without`: the client's own if it lives. `undefined` when none is left. */
  choose(without: ReadonlySet<KnownSite>): KnownSite | undefined
  /** Asks the client's own site whether it serves, as a client that starts reads `/.well-known` before anything else. */
  look(): Promise<void>
  /** Something came from the site. */
  heard(site: KnownSite): void
  /** Another site answered sooner: for a moment the others are preferred. */
  slow(site: KnownSite): void
  /** The site shut its door or broke off: it is not chosen before it says that it lives. */
  doubt(site: KnownSite): void
  /** The site says that it is being taken out of service: what it answers is good, and nothing more is asked of it until it serves again. */
  leaves(site: KnownSite): void
  /** Watches over a request that waits at a site, asking after each `quietMs` of silence; call the result at its end. */
  watch(site: KnownSite, quietMs: number, giveUp: () => void): () => void
  close(): void
}

export type KnownSite = SiteAddress & { http: HttpClient }

type Entry = KnownSite & {
  suspected: boolean
  slowUntil: number
  heardAt: number
  asking: boolean
  /** Ends each request that waits here. */
  waiting: Set<() => void>
}

type Deps = { clock: Clock; random: Random }

const probeMs = 1000
/** Longer than it takes to find out whether the site lives. */
const slowMs = 2000
const revivalMs = { first: 1000, most: 10_000 }

export function createSiteBook(deps: Deps, sites: readonly SiteAddress[], home: number): SiteBook {
  const { clock, random } = deps
  const closing = new AbortController()
  // The client's own site first, then the others in an order of its own: a lost site's people spread over the rest.
  const others = sites.filter((_, index) => index !== home).map((site) => ({ site, at: random.below(1e6) }))
  const own = sites[home]
  const entries: Entry[] = [
    ...(own ? [own] : []),
    ...others.sort((a, b) => a.at - b.at).map(({ site }) => site),
  ].map((site) => ({
    ...site,
    http: createHttpClient(site.url),
    suspected: false,
    slowUntil: Number.NEGATIVE_INFINITY,
    heardAt: Number.NEGATIVE_INFINITY,
    asking: false,
    waiting: new Set(),
  }))

  function entryOf({ name }: KnownSite): Entry {
    const entry = entries.find((other) => other.name === name)
    if (!entry) throw new Error(`no site ${name}`)
    return entry
  }

  async function probe(entry: Entry): Promise<'alive' | 'shut' | 'silent'> {
    const silence = new AbortController()
    const cancel = clock.after(probeMs, () => silence.abort())
    try {
      const signal = AbortSignal.any([silence.signal, closing.signal])
      const answer = await entry.http.send('GET', '/_matrix/client/versions', { signal })
      entry.heardAt = clock.now()
      return answer.status < 500 && !isLeaving(answer) ? 'alive' : 'shut'
    } catch (error) {
      return isShutDoor(error) ? 'shut' : 'silent'
    } finally {
      cancel()
    }
  }

  async function ask(entry: Entry): Promise<void> {
    if (entry.asking || entry.suspected) return
    entry.asking = true
    const answer = await probe(entry)
    entry.asking = false
    if (answer !== 'alive' && !closing.signal.aborted) await suspect(entry, answer)
  }

  async function suspect(entry: Entry, answer: 'shut' | 'silent'): Promise<void> {
    if (entry.suspected) return
    entry.suspected = true
    // Behind a shut door a draining node still answers what it was asked; a dead one's system ends the connections.
    if (answer === 'silent') for (const giveUp of [...entry.waiting]) giveUp()
    for (let pause = revivalMs.first; ; pause = Math.min(revivalMs.most, pause * 2)) {
      await clock.sleep(pause / 2 + random.below(pause), closing.signal)
      if ((await probe(entry)) === 'alive') break
      if (entries.every(({ suspected }) => suspected)) pause = revivalMs.first / 2
    }
    entry.suspected = false
  }

  const inBackground = (work: Promise<void>) =>
    void work.catch((error: unknown) => {
      if (!closing.signal.aborted) throw error
    })

  return {
    choose(without) {
      const left = entries.filter((entry) => !without.has(entry) && !entry.suspected)
      return left.find(({ slowUntil }) => slowUntil <= clock.now()) ?? left[0]
    },
    async look() {
      const [own] = entries
      if (!own) return
      const answer = await probe(own)
      if (answer !== 'alive') inBackground(suspect(own, answer))
    },
    heard(site) {
      entryOf(site).heardAt = clock.now()
    },
    slow(site) {
      entryOf(site).slowUntil = clock.now() + slowMs
    },
    doubt(site) {
      inBackground(suspect(entryOf(site), 'shut'))
    },
    leaves(site) {
      inBackground(suspect(entryOf(site), 'shut'))
    },
    watch(site, quietMs, giveUp) {
      const entry = entryOf(site)
      entry.waiting.add(giveUp)
      let cancel = () => {}
      const look = (afterMs: number) => {
        cancel = clock.after(afterMs, () => {
          const quiet = clock.now() - entry.heardAt
          if (quiet >= quietMs) inBackground(ask(entry))
          look(quiet >= quietMs ? quietMs : quietMs - quiet)
        })
      }
      look(quietMs)
      return () => {
        cancel()
        entry.waiting.delete(giveUp)
      }
    },
    close() {
      closing.abort()
      for (const { http } of entries) http.close()
    },
  }
}

/** Every answer of Dure names its site, and says when the site is being taken out of service. */
export function isLeaving({ headers }: Pick<Answer, 'headers'>): boolean {
  return String(headers['dure-site'] ?? '').endsWith(';leaving')
}

/** Nothing listens there, but the machine lives and says so. */
export function isShutDoor(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED'
}
