import { createHash } from 'node:crypto'
import Type, { type Static } from 'typebox'
import type { App } from '../../../platform/http/http.ts'
import type { IdentityService } from '../service.ts'

const path = '/_matrix/client/v3/auth/:stage/fallback/web'
const Params = Type.Object({ stage: Type.String() })
const Query = Type.Object({ session: Type.String() })

/**
 * The pages on which a person completes a stage that their client does not know. They work without scripts but for the
 * last one, which the specification gives word by word.
 * https://spec.matrix.org/v1.19/client-server-api/#fallback
 */
export function fallbackRoutes(app: App, identity: IdentityService): void {
  // A scope of their own, because only these take a form.
  app.register(async (scope) => {
    const pages: App = scope
    pages.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    )
    const route = {
      config: { access: 'public', limit: 'names-address' },
      schema: { params: Params, querystring: Query },
    } as const
    const show = async (
      { stage }: Static<typeof Params>,
      { session }: Static<typeof Query>,
      answer: ReturnType<typeof formOf> | undefined,
    ) => {
      const result = await identity.tryFallback({ stage, sessionId: session, answer })
      return result.done ? donePage : formPage(stage, result.problem)
    }
    pages.get(path, route, async ({ params, query }, reply) =>
      reply.headers(headers).send(await show(params, query, undefined)),
    )
    pages.post(path, route, async ({ params, query, body }, reply) =>
      reply.headers(headers).send(await show(params, query, formOf(body))),
    )
  })
}

const script = `if (window.onAuthDone) {
    window.onAuthDone();
} else if (window.opener && window.opener.postMessage) {
    window.opener.postMessage("authDone", "*");
}`

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': `default-src 'none'; script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
}

const donePage = page(`<p>Thank you. You can close this window.</p><script>${script}</script>`)

const fields: Record<string, string> = {
  'm.login.dummy': '',
  'm.login.password': `
    <label>Username <input name="user" autocomplete="username" required></label>
    <label>Password <input name="password" type="password" autocomplete="current-password" required></label>`,
  'm.login.registration_token': `
    <label>Registration token <input name="token" autocomplete="off" maxlength="64" required></label>`,
}

function formPage(stage: string, problem: string | undefined): string {
  const told = problem === undefined ? '' : `<p role="alert">${escapeHtml(problem)}</p>`
  return page(`${told}<form method="post">${fields[stage] ?? ''}<button>Continue</button></form>`)
}

function page(content: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Confirm</title>
<style>body{font:1rem system-ui;max-width:24rem;margin:3rem auto;padding:0 1rem}label,button{display:block;margin:1rem 0}</style>
</head><body><main>${content}</main></body></html>`
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

function formOf(body: unknown): Record<string, string> {
  if (typeof body !== 'object' || body === null) return {}
  return Object.fromEntries(Object.entries(body).filter(([, value]) => typeof value === 'string'))
}
