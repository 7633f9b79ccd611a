export type Site = { name: string; baseUrl: string }

export type SitesDeps = {
  fetch: typeof fetch
  now: () => number
  after: (ms: number, run: () => void) => () => void
  random: () => number
}

export type WatchedSite = Site & {
  suspected: boolean
  heardAt: number
  asking: boolean
  waiting: Set<() => void>
  wake: () => void
}

export type SiteHealth = {
  /** Asks one site, and gives up as soon as the site turns out to be dead. */
  ask(site: WatchedSite, url: URL, init: RequestInit): Promise<Response>
  /** It is not chosen before it says that it lives; everything that waits there is given up. */
  suspect(site: WatchedSite): void
}

/** A site that stays silent this long is asked whether it lives, which it has to answer within `probeMs`. */
const quietMs = 1200
const probeMs = 1000
const revivalMs = { first: 500, most: 8000, whenAllAreSilent: 1000 }

/** Tells living sites from dead ones: by what they answer, and by asking those that have been silent for a while. */
export function createSiteHealth(
  deps: SitesDeps,
  options: { changed: () => void; allAreSilent: () => boolean },
): SiteHealth {
  async function ask(site: WatchedSite, url: URL, init: RequestInit): Promise<Response> {
    const givingUp = new AbortController()
    const giveUp = () => givingUp.abort(new TypeError(`${site.name} does not answer`))
    site.waiting.add(giveUp)
    let cancel = () => {}
    const look = (afterMs: number) => {
      cancel = deps.after(afterMs, () => {
        const quietFor = deps.now() - site.heardAt
        if (quietFor >= quietMs) void examine(site)
        look(quietFor >= quietMs ? quietMs : quietMs - quietFor)
      })
    }
    look(quietMs)
    try {
      const signal = AbortSignal.any([givingUp.signal, ...(init.signal ? [init.signal] : [])])
      const answer = await deps.fetch(`${site.baseUrl}${url.pathname}${url.search}`, { ...init, signal })
      site.heardAt = deps.now()
      return answer
    } finally {
      cancel()
      site.waiting.delete(giveUp)
    }
  }

  async function examine(site: WatchedSite): Promise<void> {
    if (site.asking || site.suspected) return
    site.asking = true
    const alive = await isAlive(site)
    site.asking = false
    if (!alive) suspect(site)
  }

  async function isAlive(site: WatchedSite): Promise<boolean> {
    const silence = new AbortController()
    const cancel = deps.after(probeMs, () => silence.abort())
    try {
      const answer = await deps.fetch(`${site.baseUrl}/_matrix/client/versions`, {
        signal: silence.signal,
        cache: 'no-store',
        credentials: 'omit',
      })
      if (answer.ok) site.heardAt = deps.now()
      return answer.ok
    } catch {
      return false
    } finally {
      cancel()
    }
  }

  function suspect(site: WatchedSite): void {
    if (site.suspected) return
    site.suspected = true
    for (const giveUp of [...site.waiting]) giveUp()
    options.changed()
    awaitRevival(site, revivalMs.first)
  }

  function awaitRevival(site: WatchedSite, pauseMs: number): void {
    const look = async () => {
      if (!(await isAlive(site))) {
        const longest = options.allAreSilent() ? revivalMs.whenAllAreSilent : revivalMs.most
        awaitRevival(site, Math.min(pauseMs * 2, longest))
        return
      }
      site.suspected = false
      options.changed()
    }
    const cancel = deps.after(pauseMs * (0.5 + deps.random()), () => void look())
    site.wake = () => {
      cancel()
      site.wake = () => {}
      void look()
    }
  }

  return { ask, suspect }
}

export function watchedSite(site: Site): WatchedSite {
  return {
    ...site,
    suspected: false,
    heardAt: Number.NEGATIVE_INFINITY,
    asking: false,
    waiting: new Set(),
    wake: () => {},
  }
}
