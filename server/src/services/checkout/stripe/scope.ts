import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../../../platform/http/http.ts'
import type { RateLimits } from '../../../platform/http/rate-limits.ts'
import type { JsonObject } from '../../../platform/json.ts'
import { Outage, Refusal } from '../../../platform/refusal.ts'
import { type Document, merchantOf } from '../documents.ts'
import type { Keys, Opened } from '../merchants/api-keys.ts'
import type { CheckoutDeps, Reply, ShopRequest } from '../operations/request.ts'
import { refuse } from '../refusals.ts'
import { readDocuments } from '../store/read.ts'
import { presentStripeError } from './errors.ts'
import { expand } from './expand.ts'
import { type Field, listOf, type Read, readFields, text } from './fields.ts'
import { type Form, parseForm } from './form.ts'
import { presentLineItems, stripeVersion } from './present.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the API key of a request to `/v1` opens. */
    opened: Opened | undefined
  }
}

type Fields = Record<string, Field<unknown>>
type Handle<F extends Fields> = (
  request: ShopRequest,
  params: Read<F>,
  id: string,
  opened: Opened,
) => Promise<Reply>
type Options = { /** Publishable keys may call it too. */ publishable?: boolean }

/** Adds routes in Stripe's manner: form in, object out, errors in Stripe's shape, expansion, repetition by key. */
export type StripeApi = {
  post<F extends Fields>(path: string, fields: F, handle: Handle<F>, options?: Options): void
  delete(path: string, handle: Handle<Record<string, never>>): void
  get<F extends Fields>(path: string, fields: F, handle: Handle<F>, options?: Options): void
}

export type ScopeDeps = CheckoutDeps & { keys: Keys; limits: RateLimits }

const bodyBytesMax = 128 * 1024
const expandMax = 20

type Body = { text: string; form: Form }

/** https://docs.stripe.com/api */
export async function stripeScope(app: App, deps: ScopeDeps, add: (api: StripeApi) => void): Promise<void> {
  await app.register(
    async (registered) => {
      const scope: App = registered
      acceptForms(scope)
      openWithKeys(scope, deps)
      presentErrors(scope, deps)
      add(createApi(scope, deps))
    },
    { prefix: '/v1' },
  )
}

function acceptForms(scope: App): void {
  scope.removeAllContentTypeParsers()
  const options = { parseAs: 'string', bodyLimit: bodyBytesMax } as const
  scope.addContentTypeParser('application/x-www-form-urlencoded', options, (_request, raw, done) => {
    try {
      done(null, { text: raw, form: parseForm(String(raw)) })
    } catch (error) {
      done(error as Error)
    }
  })
  scope.addContentTypeParser('*', options, (_request, raw, done) => {
    if (String(raw) === '') done(null, { text: '', form: {} })
    else done(refuse('checkout.body_unreadable'))
  })
}

/** The key is looked at before the body is read. A shop has one budget for all of its keys of a side. */
function openWithKeys(scope: App, { keys, limits, random }: ScopeDeps): void {
  scope.decorateRequest('opened', undefined)
  scope.addHook('onRequest', async (request, reply) => {
    reply.header('request-id', `req_${random.text(14)}`).header('stripe-version', stripeVersion)
    const key = keyOf(request.headers.authorization)
    if (key === undefined) throw refuse('checkout.api_key_missing')
    request.opened = await keys.open(key)
    refuseOtherAccounts(request, request.opened)
    try {
      limits.draw('checkout-shop', request.opened.shop)
    } catch (error) {
      const retryAfterSeconds = error instanceof Refusal ? (error.retryAfterSeconds ?? 1) : 1
      throw refuse('checkout.rate_limit', { retryAfterSeconds })
    }
  })
}

/** Whoever asks for another account's money would take this one's for it. https://docs.stripe.com/connect/authentication */
function refuseOtherAccounts({ headers }: FastifyRequest, { shop }: Opened): void {
  for (const named of [headers['stripe-account'], headers['stripe-context']])
    if (named !== undefined && named !== '' && named !== merchantOf(shop))
      throw refuse('checkout.account_invalid')
}

/** `Bearer sk_...`, or the key as the name of basic authentication, as curl -u sends it. */
function keyOf(header: string | undefined): string | undefined {
  const [, scheme = '', value = ''] = /^(Bearer|Basic) +(\S+) *$/i.exec(header ?? '') ?? []
  const key =
    scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString().split(':', 1)[0] : value
  return key === '' ? undefined : key
}

/** Whoever reads from a copy may not say that there is nothing: a shop would take a payment for lost. */
function inDoubt(thrown: unknown, { db }: ScopeDeps): unknown {
  const definite = thrown instanceof Refusal && (thrown.status === 401 || thrown.status === 404)
  return definite && db.maybeStale()
    ? new Outage('there may be more at another site', { cause: thrown })
    : thrown
}

function presentErrors(scope: App, deps: ScopeDeps): void {
  const { log } = deps
  const send = (reply: FastifyReply, thrown: unknown) => {
    const { status, headers, body } = presentStripeError(thrown)
    return reply.code(status).headers(headers).send(body)
  }
  scope.setErrorHandler((raised, request, reply) => {
    const thrown = inDoubt(raised, deps)
    const { status } = presentStripeError(thrown)
    if (status >= 500)
      log[status === 503 ? 'warn' : 'error'](
        { err: thrown, requestId: request.id, route: request.routeOptions.url },
        status === 503 ? 'outage' : 'defect',
      )
    return send(reply, thrown)
  })
  scope.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?', 1)
    return send(
      reply,
      refuse('checkout.url_unknown', `Unrecognized request URL (${request.method}: ${path.slice(0, 200)}).`),
    )
  })
}

const expandField = listOf(text(200), expandMax)

function createApi(scope: App, deps: ScopeDeps): StripeApi {
  const config = { access: 'key' } as const
  const bodies = { config, bodyLimit: bodyBytesMax }

  async function answer<F extends Fields>(
    request: FastifyRequest,
    reply: FastifyReply,
    {
      form,
      fields,
      handle,
      claimed,
      publishable,
    }: { form: Form; fields: F; handle: Handle<F>; claimed: string | undefined } & Options,
  ) {
    const { opened } = request
    if (!opened) throw refuse('checkout.api_key_missing')
    if (opened.kind === 'publishable' && !publishable) throw refuse('checkout.secret_key_required')
    const { expand: expanded, ...plain } = form
    const paths = expandField(expanded, 'expand')
    const params = readFields(plain, fields)
    const claim = claimed === undefined ? undefined : claimOf(request, claimed)
    const id = idOf(request.params)
    const { status, body, replayed } = await handle({ shop: opened.shop, claim }, params, id, opened)
    if (claim) reply.header('idempotency-key', claim.key)
    if (replayed && claim) reply.header('idempotent-replayed', 'true')
    if (status >= 400) reply.header('stripe-should-retry', 'false')
    const shown =
      status === 200 && paths !== undefined ? await expand(expandDeps(deps, opened.shop), body, paths) : body
    return reply.code(status).send(shown)
  }

  return {
    post: (path, fields, handle, options) =>
      void scope.post(path, bodies, (request, reply) => {
        const { text: claimed, form } = (request.body ?? { text: '', form: {} }) as Body
        return answer(request, reply, { form, fields, handle, claimed, ...options })
      }),
    delete: (path, handle) =>
      void scope.delete(path, bodies, (request, reply) =>
        answer(request, reply, { form: queryOf(request), fields: {}, handle, claimed: '' }),
      ),
    get: (path, fields, handle, options) =>
      void scope.get(path, { config }, (request, reply) =>
        answer(request, reply, { form: queryOf(request), fields, handle, claimed: undefined, ...options }),
      ),
  }
}

function queryOf({ url }: FastifyRequest): Form {
  const at = url.indexOf('?')
  return parseForm(at < 0 ? '' : url.slice(at + 1))
}

function idOf(params: unknown): string {
  const id = (params as { id?: string }).id ?? ''
  if (id.length > 150) throw refuse('checkout.resource_missing')
  return id
}

/** https://docs.stripe.com/api/idempotent_requests */
function claimOf(request: FastifyRequest, body: string) {
  const key = request.headers['idempotency-key']
  if (key === undefined || key === '') return undefined
  if (Array.isArray(key) || key.length > 255)
    throw refuse('checkout.parameter_invalid', 'Idempotency keys have at most 255 characters.')
  const [path = ''] = request.url.split('?', 1)
  return {
    key,
    digest: createHash('sha256').update(`${request.method} ${path}\n${body}`).digest('base64url'),
  }
}

function expandDeps({ db, show }: CheckoutDeps, shop: string) {
  return {
    load: (ids: readonly string[]) => readDocuments(db, shop, ids),
    present: show,
    lineItems: (session: Document<'checkout_session'>): JsonObject =>
      listOfObjects(`/v1/checkout/sessions/${session.id}/line_items`, presentLineItems(session), false),
  }
}

/** https://docs.stripe.com/api/pagination */
export function listOfObjects(url: string, data: readonly JsonObject[], more: boolean): JsonObject {
  return { object: 'list', data: [...data], has_more: more, url }
}

export function ok(body: JsonObject): Reply {
  return { status: 200, body, replayed: false }
}
