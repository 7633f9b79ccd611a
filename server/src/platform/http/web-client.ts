import { createHash } from 'node:crypto'
import { glob, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from './http.ts'

type File = { type: string; content: Buffer; brotli: Buffer | undefined; etag: string; cache: string }

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

/**
 * Serves the built web client: `/` and every address below `/app/` give its page, whose scripts then show what the
 * address means. Names below `/assets/` carry a hash of their content and are kept for ever; everything else is asked
 * for anew, with an ETag. All files are in memory, so a build that happens meanwhile changes nothing under way.
 *
 * `otherSites` are the addresses the client may turn to when this node does not answer.
 */
export async function webClient(app: App, folder: string, otherSites: readonly string[]): Promise<void> {
  const files = await readFiles(folder)
  const policy = contentSecurityPolicy(otherSites)
  const page = files.get('index.html')

  const answer = (request: FastifyRequest, reply: FastifyReply, file: File) => {
    reply
      .type(file.type)
      .header('content-security-policy', policy)
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .header('permissions-policy', 'camera=(self), microphone=(self), geolocation=(self)')
      .header('cross-origin-opener-policy', 'same-origin')
      .header('cache-control', file.cache)
      .header('etag', file.etag)
      .header('vary', 'accept-encoding')
    if (request.headers['if-none-match'] === file.etag) return reply.code(304).send()
    if (!file.brotli || !/\bbr\b/.test(request.headers['accept-encoding'] ?? ''))
      return reply.send(file.content)
    return reply.header('content-encoding', 'br').send(file.brotli)
  }

  for (const path of ['/', '/app', '/app/*'])
    app.get(path, { config: { access: 'public' } }, (request, reply) =>
      page ? answer(request, reply, page) : notBuilt(reply),
    )
  // The same routes whatever was built, so that their list is the same everywhere.
  for (const path of ['/assets/:name', '/icons/:name', '/manifest.webmanifest', '/service-worker.js'])
    app.get(path, { config: { access: 'public' } }, (request, reply) => {
      const { name = '' } = request.params as { name?: string }
      const file = files.get(path.slice(1).replace(':name', name))
      return file ? answer(request, reply, file) : notThere(reply)
    })
}

/**
 * The client runs its own scripts and talks to the sites of this deployment, to nobody else. WebAssembly may be compiled
 * because the end-to-end encryption is made of it; pictures and sounds come as blobs, decrypted on the device.
 */
function contentSecurityPolicy(otherSites: readonly string[]): string {
  const origins = new Set(otherSites.map((url) => new URL(url).origin))
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    ['connect-src', "'self'", 'blob:', ...origins].join(' '),
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types dure dompurify',
  ].join('; ')
}

function notThere(reply: FastifyReply) {
  return reply.code(404).type('text/plain; charset=utf-8').send('There is no such file.\n')
}

function notBuilt(reply: FastifyReply) {
  return reply
    .code(503)
    .type('text/plain; charset=utf-8')
    .send('The web client has not been built here: npm start does it.\n')
}

async function readFiles(folder: string): Promise<Map<string, File>> {
  const files = new Map<string, File>()
  for await (const entry of glob('**/*', { cwd: folder })) {
    const type = types[extname(entry)]
    if (type === undefined) continue
    const content = await readFile(join(folder, entry))
    const brotli = await readFile(join(folder, `${entry}.br`)).catch(() => undefined)
    const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`
    const cache = entry.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
    files.set(entry, { type, content, brotli, etag, cache })
  }
  return files
}
