import { keep, readKept } from './database.ts'
import type { Site } from './site-health.ts'
import { createSites } from './sites.ts'

/** The sites of the deployment that this page came from. */
export const sites = createSites(
  {
    fetch: (input, init) => fetch(input, init),
    now: () => Date.now(),
    after(ms, run) {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
    random: () => Math.random(),
  },
  location.origin,
)

const refreshMs = 10 * 60_000

/** Remembers the sites across reloads, because the page's own may be the one that burns, and asks for news of them. */
export async function startConnection(): Promise<void> {
  addEventListener('online', () => sites.wake())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') sites.wake()
  })
  const known = await readKept<Site[]>('kept', 'sites')
  if (known) sites.learn(known)
  await refreshSites()
  setInterval(() => void refreshSites(), refreshMs)
}

async function refreshSites(): Promise<void> {
  try {
    const answer = await sites.fetch(`${location.origin}/.well-known/matrix/client`)
    const told = readSites(await answer.json())
    if (told.length === 0) return
    sites.learn(told)
    await keep('kept', 'sites', told)
  } catch {
    // Without an answer what was known last stays.
  }
}

function readSites(body: unknown): Site[] {
  if (typeof body !== 'object' || body === null || !('org.dure.sites' in body)) return []
  const list = body['org.dure.sites']
  if (!Array.isArray(list)) return []
  return list.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null || !('name' in entry) || !('base_url' in entry)) return []
    const { name, base_url: baseUrl } = entry
    const usable = typeof name === 'string' && typeof baseUrl === 'string' && URL.canParse(baseUrl)
    return usable ? [{ name, baseUrl }] : []
  })
}
