import type { FastifyReply, FastifyRequest } from 'fastify'
import { asRefusal } from '../../../platform/http/errors.ts'
import type { App } from '../../../platform/http/http.ts'
import { Outage, Refusal } from '../../../platform/refusal.ts'
import type { Identity } from '../../identity/api.ts'
import { type Document, isKind, isLive } from '../documents.ts'
import { approveIntent, findPayable, type Payable } from '../operations/approve-intent.ts'
import { type CheckoutDeps, shopOfId } from '../operations/request.ts'
import { refuse } from '../refusals.ts'
import { returnUrlOf } from '../routes/payments.ts'
import { readDocuments } from '../store/read.ts'
import { type Form, parseForm } from '../stripe/form.ts'
import { moneyText, page, payForm, type Shown, said, signInForm, whatIsPaid } from './render.ts'
import { style } from './style.ts'
import { type Language, languageOf, type Texts, textsOf } from './texts.ts'
import { cookieOf, endVisit, formToken, openVisit, type Visit, visitOf } from './visits.ts'

export type PageDeps = CheckoutDeps & { identity: Identity; publicUrl: string }
type Params = { handle: string }

const policy =
  "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
const headers = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  // The id of a session is all that it takes to see what is paid.
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}
const config = { access: 'public', limit: 'checkout-address' } as const

/** The page of this node on which a person pays: they look, sign in, approve. It needs no script and no other client. */
export async function checkoutPages(app: App, deps: PageDeps): Promise<void> {
  await app.register(async (registered) => {
    const scope: App = registered
    acceptForms(scope)
    scope.setErrorHandler((thrown, request, reply) => presentProblem(thrown, request, reply))
    scope.get('/checkout/style.css', { config: { access: 'public' } }, async (_request, reply) =>
      reply.type('text/css; charset=utf-8').header('x-content-type-options', 'nosniff').send(style),
    )
    scope.get<{ Params: Params }>('/checkout/:handle', { config }, async (request, reply) => {
      const visit = await visitOf(deps, request.headers.cookie)
      return show(deps, request, reply, visit, undefined)
    })
    scope.get<{ Params: { charge: string } }>('/checkout/receipts/:charge', { config }, (request, reply) =>
      receipt(deps, request, reply),
    )
    signing(scope, deps)
    scope.post<{ Params: Params }>('/checkout/:handle/pay', { config }, async (request, reply) => {
      const { visit, form } = await signedIn(deps, request)
      const payable = await findPayable(deps, request.params.handle)
      const approval = {
        userId: visit.userId,
        amount: Number(textIn(form, 'amount')),
        currency: textIn(form, 'currency'),
      }
      const { status, body } = await approveIntent(deps, payable, approval)
      if (status === 200) return reply.redirect(pathOf(request), 303)
      return show(deps, request, reply, visit, declineText(textsOf(languageFor(request)), body['error']))
    })
  })
}

function signing(scope: App, deps: PageDeps): void {
  const secure = deps.publicUrl.startsWith('https:')
  const tries = { config: { access: 'public', limit: 'logins-address' } } as const
  scope.post<{ Params: Params }>('/checkout/:handle/sign-in', tries, async (request, reply) => {
    requireOwnPage(request)
    const form = request.body as Form
    // Whoever has no payment before them does not need to try passwords here.
    await findPayable(deps, request.params.handle)
    const userId = await deps.identity.provePassword(textIn(form, 'user'), textIn(form, 'password'))
    reply.header('set-cookie', cookieOf(await openVisit(deps, userId), secure))
    return reply.redirect(pathOf(request), 303)
  })
  scope.post<{ Params: Params }>('/checkout/:handle/sign-out', { config }, async (request, reply) => {
    const { visit } = await signedIn(deps, request)
    await endVisit(deps, visit)
    reply.header('set-cookie', cookieOf('', secure))
    return reply.redirect(pathOf(request), 303)
  })
}

function acceptForms(scope: App): void {
  scope.removeAllContentTypeParsers()
  const options = { parseAs: 'string', bodyLimit: 8 * 1024 } as const
  scope.addContentTypeParser('*', options, (_request, raw, done) => {
    try {
      done(null, parseForm(String(raw)))
    } catch (error) {
      done(error as Error)
    }
  })
}

/** Browsers say from whose page a form came; another site's may not. */
function requireOwnPage({ headers: sent }: FastifyRequest): void {
  const from = sent['sec-fetch-site']
  if (from !== undefined && from !== 'same-origin') throw refuse('checkout.form_stale')
}

async function signedIn(deps: PageDeps, request: FastifyRequest): Promise<{ visit: Visit; form: Form }> {
  requireOwnPage(request)
  const visit = await visitOf(deps, request.headers.cookie)
  const form = (request.body ?? {}) as Form
  if (!visit || textIn(form, 'token') !== formToken(visit)) throw refuse('checkout.form_stale')
  if (!(await deps.identity.accountExists(visit.userId))) throw refuse('checkout.form_stale')
  return { visit, form }
}

function textIn(form: Form, name: string): string {
  const value = form[name]
  return typeof value === 'string' ? value : ''
}

function pathOf(request: FastifyRequest): string {
  return `/checkout/${encodeURIComponent((request.params as Params).handle)}`
}

function languageFor(request: FastifyRequest, session?: Document<'checkout_session'>): Language {
  return languageOf(session?.body.locale ?? request.headers['accept-language'])
}

async function show(
  deps: PageDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  visit: Visit | undefined,
  problem: string | undefined,
): Promise<FastifyReply> {
  const payable = await findPayable(deps, (request.params as Params).handle)
  const shown = await shownOf(deps, payable, languageFor(request, payable.session))
  const texts = textsOf(shown.language)
  const { status, again, content } = whatToDo(payable, shown, pathOf(request), { visit, problem })
  const html = page(shown.language, `${shown.merchant} · ${texts.pay}`, whatIsPaid(shown) + content, again)
  return reply.code(status).headers(headers).type('text/html; charset=utf-8').send(html)
}

function whatToDo(
  payable: Payable,
  shown: Shown,
  path: string,
  { visit, problem }: { visit: Visit | undefined; problem: string | undefined },
): { status: number; content: string; again?: { url: string; seconds: number } } {
  const texts = textsOf(shown.language)
  const { intent, session } = payable
  const url = returnUrlOf(payable)
  const back = url === null ? undefined : { url, label: texts.back }
  const { status } = intent.body
  if (intent.body.step !== null)
    return { status: 200, content: said(texts.busy, undefined), again: { url: path, seconds: 2 } }
  if (status === 'succeeded' || status === 'requires_capture') {
    const text = status === 'succeeded' ? texts.done : texts.doneReserved
    return {
      status: 200,
      content: said(text, back),
      ...(back ? { again: { url: back.url, seconds: 3 } } : {}),
    }
  }
  const open = session
    ? session.body.status === 'open' && status !== 'canceled'
    : status === 'requires_action'
  if (!open) {
    const cancel = session?.body.cancelUrl ?? url
    return {
      status: 200,
      content: said(texts.over, cancel === null ? undefined : { url: cancel, label: texts.back }),
    }
  }
  if (!visit) return { status: 200, content: signInForm(path, texts, problem) }
  const form = payForm(path, shown, { userId: visit.userId, token: formToken(visit), problem })
  return { status: problem === undefined ? 200 : 402, content: form }
}

async function shownOf(deps: PageDeps, { intent, session }: Payable, language: Language): Promise<Shown> {
  const { amount, currency, description, captureMethod } = intent.body
  return {
    language,
    merchant: await deps.titleOf(intent.shop),
    amount,
    currency,
    description,
    items: (session?.body.items ?? []).map(({ name, unitAmount, quantity }) => ({
      name,
      amount: unitAmount * quantity,
      quantity,
    })),
    live: isLive(intent.shop),
    manual: captureMethod === 'manual',
  }
}

function declineText(texts: Texts, error: unknown): string {
  const code =
    typeof error === 'object' && error !== null && 'decline_code' in error ? error.decline_code : undefined
  return code === 'insufficient_funds' ? texts.insufficient : texts.declined
}

const problemTexts: Readonly<Record<string, keyof Texts>> = {
  'identity.login_failed': 'wrongPassword',
  'identity.account_locked': 'locked',
  'http.limit_exceeded': 'tooMany',
  'checkout.payment_unknown': 'unknown',
  'checkout.payment_over': 'over',
  'checkout.payment_changed': 'changed',
  'checkout.lock_timeout': 'busy',
  'checkout.form_stale': 'changed',
}

/** A page that says what went wrong, with the way back to where it can be tried again. */
function presentProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const language = languageFor(request)
  const texts = textsOf(language)
  const refusal = thrown instanceof Refusal ? thrown : asRefusal(thrown)
  const status = thrown instanceof Outage ? 503 : (refusal?.status ?? 500)
  if (status === 500) request.log.error({ err: thrown, requestId: request.id }, 'defect')
  const text = texts[problemTexts[refusal?.code ?? ''] ?? 'away']
  const { handle } = request.params as Partial<Params>
  const back = handle === undefined || status === 404 ? undefined : { url: pathOf(request), label: '↩' }
  return reply
    .code(status)
    .headers(headers)
    .type('text/html; charset=utf-8')
    .send(page(language, texts.pay, said(text, back)))
}

/** What was paid, for whoever has the charge's id: the shop, and whom it gave the address. It does not say who paid. */
async function receipt(deps: PageDeps, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { charge: id } = request.params as { charge: string }
  const shop = shopOfId(id)
  const charge = shop === undefined ? undefined : (await readDocuments(deps.db, shop, [id])).get(id)
  if (!isKind(charge, 'charge') || charge.body.captured === 0) throw refuse('checkout.payment_unknown')
  const language = languageFor(request)
  const texts = textsOf(language)
  const { title, captured, refunded, currency, description } = charge.body
  const shown = {
    language,
    merchant: title,
    amount: captured,
    currency,
    description,
    items: [],
    live: isLive(charge.shop),
    manual: false,
  }
  const on = new Intl.DateTimeFormat(language, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  }).format(charge.createdMs)
  const back =
    refunded === 0 ? '' : `<dt>${texts.refunded}</dt><dd>${moneyText(refunded, currency, language)}</dd>`
  const lines = `<section class="card"><h1>${texts.receipt}</h1><dl><dt>${texts.paidOn}</dt><dd>${on} UTC</dd>${back}</dl><p class="soft">${charge.id}</p></section>`
  return reply
    .headers(headers)
    .type('text/html; charset=utf-8')
    .send(page(language, texts.receipt, whatIsPaid(shown) + lines))
}
