import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from './http.ts'

/** What the page may do: show its own style and picture, and nothing else. */
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
const addressInPage = 'http://localhost:8008'

const files = [
  { path: '/', name: 'index.html', type: 'text/html; charset=utf-8' },
  { path: '/style.css', name: 'style.css', type: 'text/css; charset=utf-8' },
  { path: '/mark.svg', name: 'mark.svg', type: 'image/svg+xml' },
]

/**
 * Serves the page that tells a person with a browser what this is and which address to type into a Matrix client: the
 * public one, or else the one under which the browser found the page.
 */
export async function webPage(app: App, folder: string, publicUrl: string | undefined): Promise<void> {
  for (const { path, name, type } of files) {
    const content = await readFile(join(folder, name), 'utf8')
    app.get(path, { config: { access: 'public' } }, async (request, reply) => {
      const address = publicUrl ?? `${request.protocol}://${request.host}`
      reply
        .type(type)
        .header('content-security-policy', policy)
        .header('x-content-type-options', 'nosniff')
        .header('referrer-policy', 'no-referrer')
        .header('cache-control', 'no-cache')
      return content.replaceAll(addressInPage, () => escapeHtml(address))
    })
  }
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
