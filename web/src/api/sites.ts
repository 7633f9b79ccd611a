import { createSiteHealth, type Site, type SitesDeps, type WatchedSite, watchedSite } from './site-health.ts'
import { createStore, type Store } from './store.ts'

/** `home`: the site this page came from answers; `moved`: another one does; `offline`: none. */
export type Reach = 'home' | 'moved' | 'offline'

export type Sites = {
  /**
   * `fetch` for addresses of the home site, answered by whichever site lives. What can be repeated safely is asked at
   * the next site as soon as one is silent, shut or draining; what cannot (a new room) fails instead.
   */
  fetch: typeof fetch
  /** Address of the site that would be asked next, for what cannot go through `fetch`, such as uploads with progress. */
  current(): string
  reach: Pick<Store<Reach>, 'get' | 'subscribe'>
  /** Takes over the list that the deployment tells. */
  learn(sites: readonly Site[]): void
  /** The device says that it is connected again: silent sites are asked at once. */
  wake(): void
}

/** A site that is being drained, or a front without anything behind it. */
const shut: ReadonlySet<number> = new Set([502, 503, 504])
/** Everything else that is posted either carries an id or changes nothing when it is repeated. */
const onceOnly = /\/(createRoom|register|login|upgrade)$/

/** What an honest client knows of the sites: the page's own first, the others in an order of its own. */
export function createSites(deps: SitesDeps, homeUrl: string): Sites {
  const homeOrigin = new URL(homeUrl).origin
  let entries: WatchedSite[] = [watchedSite({ name: 'home', baseUrl: homeOrigin })]
  const reach = createStore<Reach>('home')
  const health = createSiteHealth(deps, {
    changed: showReach,
    allAreSilent: () => reach.get() === 'offline',
  })

  function choose(without: ReadonlySet<WatchedSite>): WatchedSite | undefined {
    return entries.find((entry) => !entry.suspected && !without.has(entry))
  }

  function showReach(): void {
    const next = choose(new Set())
    reach.set(next === undefined ? 'offline' : next === entries[0] ? 'home' : 'moved')
  }

  async function fetchAnywhere(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
    const url = new URL(input instanceof Request ? input.url : input, homeOrigin)
    if (url.origin !== homeOrigin) return deps.fetch(input, init)
    const tried = new Set<WatchedSite>()
    const repeatable = init.method !== 'POST' || !onceOnly.test(url.pathname)
    let last: { answer: Response } | { error: unknown } = { error: new TypeError('no site answers') }
    for (let site = choose(tried); site; site = choose(tried)) {
      tried.add(site)
      try {
        const answer = await health.ask(site, url, init)
        if (!shut.has(answer.status)) return answer
        last = { answer }
      } catch (error) {
        if (init.signal?.aborted) throw error
        last = { error }
      }
      health.suspect(site)
      if (!repeatable) break
    }
    if ('answer' in last) return last.answer
    throw last.error
  }

  return {
    fetch: fetchAnywhere,
    current: () => (choose(new Set()) ?? entries[0])?.baseUrl ?? homeOrigin,
    reach,
    learn(sites) {
      const urls = new Map(entries.map((entry) => [entry.baseUrl, entry]))
      const named = sites.map((site) => ({ name: site.name, baseUrl: new URL(site.baseUrl).origin }))
      const [home] = entries
      const others = named.filter(({ baseUrl }) => baseUrl !== homeOrigin)
      const shuffled = others.map((site) => ({ site, at: deps.random() })).sort((a, b) => a.at - b.at)
      entries = [
        ...(home ? [home] : []),
        ...shuffled.map(({ site }) => urls.get(site.baseUrl) ?? watchedSite(site)),
      ]
      showReach()
    },
    wake() {
      for (const entry of entries) if (entry.suspected) entry.wake()
    },
  }
}
