import { createHash } from 'node:crypto'
import Type, { type Static } from 'typebox'
import type { App } from '../../../platform/http/http.ts'
import type { IdentityService } from '../service.ts'
import { acceptForms, page, pageHeaders } from './pages.ts'

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
    acceptForms(pages)
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
  ...pageHeaders,
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
