const cacheName = 'dure-shell'
/** The build puts the list of assets in the place of this name. */
const builtFiles: readonly string[] | string = '__BUILT_FILES__'
/** A site that needs longer than this is slow enough for what was kept to be better. */
const pagePatienceMs = 2000

/** Keeps the page and every asset of this build, and forgets those of older ones. */
export async function keepShell(): Promise<void> {
  const cache = await caches.open(cacheName)
  const wanted = [
    '/',
    '/manifest.webmanifest',
    '/icons/mark.svg',
    ...(Array.isArray(builtFiles) ? builtFiles : []),
  ]
  const kept = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname))
  const missing = wanted.filter((path) => !path.startsWith('/assets/') || !kept.has(path))
  await cache.addAll(missing.map((path) => new Request(path, { cache: 'no-cache' })))
  const current = new Set(wanted)
  for (const path of kept) if (!current.has(path)) await cache.delete(path)
}

/** The answer to what belongs to the shell; `undefined` for everything else, which the network answers. */
export function serveShell(request: Request, origin: string): Promise<Response> | undefined {
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== origin) return undefined
  if (request.mode === 'navigate') {
    const isOurs = url.pathname === '/' || url.pathname === '/app' || url.pathname.startsWith('/app/')
    return isOurs ? page(request) : undefined
  }
  if (/^\/(assets|icons)\//.test(url.pathname) || url.pathname === '/manifest.webmanifest')
    return asset(request)
  return undefined
}

/** From the site while it answers promptly, so that a new version is seen at once; else as it was kept. */
async function page(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName)
  const kept = await cache.match('/')
  if (!kept) return fetch(request)
  const fresh = fetch(request).then((answer) => (answer.ok ? answer : kept.clone()))
  const patience = new Promise<Response>((resolve) => {
    setTimeout(() => resolve(kept.clone()), pagePatienceMs)
  })
  return Promise.race([fresh, patience]).catch(() => kept)
}

/** Names of assets carry their content's hash: what was kept is right for ever. */
async function asset(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName)
  const kept = await cache.match(request)
  if (kept) return kept
  const answer = await fetch(request)
  if (answer.ok && new URL(request.url).pathname.startsWith('/assets/'))
    await cache.put(request, answer.clone())
  return answer
}
