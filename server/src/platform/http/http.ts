import cors from '@fastify/cors'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import type { Clock } from '../clock.ts'
import { isLoopback } from '../config/core-settings.ts'
import type { Log } from '../log.ts'
import type { Random } from '../random.ts'
import { Outage, Refusal } from '../refusal.ts'
import type { Access, Authenticate, Masquerade } from './access.ts'
import { presentError } from './errors.ts'
import { leaveInOrder } from './leaving.ts'
import type { RateLimits } from './rate-limits.ts'
import { refuseHttp } from './refusals.ts'
import type { App } from './server.ts'
import { parseStrictJson } from './strict-json.ts'

export type { App }

export type HttpDeps = {
  clock: Clock
  log: Log
  random: Random
  limits: RateLimits
  authenticate: Authenticate
  /** Whether the token exempts whoever presents it from the rate budgets of routes that look at no token. */
  isUnlimited?: (token: string) => boolean
  /** What was read a moment ago may lack what is newest. */
  maybeStale?: () => boolean
  /** Whether the person administers this server; without it nobody does. */
  isAdministrator?: (userId: string) => Promise<boolean>
}
export type HttpOptions = {
  /** True once the node has begun to end, or its site is taken out of service. */
  draining: () => boolean
  /** True while this node's site serves nobody. */
  away?: () => boolean
  /** Name of the site that answers. */
  site?: string
  /** Largest body of a JSON request; routes that take more say so themselves. */
  bodyBytesMax: number
  /** Addresses of reverse proxies whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[]
  /** Addresses, besides this machine's own, that may call what is for operators: those of the sites. */
  operatorAddresses?: readonly string[]
}

/** Creates the server; nothing listens yet. A route without `config.access` makes this throw when it is added. */
export async function createHttp(deps: HttpDeps, options: HttpOptions): Promise<App> {
  const app: App = Fastify({
    loggerInstance: deps.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyBytesMax,
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    genReqId: () => deps.random.text(12),
    requestIdHeader: false,
    exposeHeadRoutes: false,
    rewriteUrl: ({ url = '/' }) => withoutOldVersion(url),
    frameworkErrors: (error, _request, reply) => {
      const { status, headers, body } = presentError(error, deps.random)
      const plain: FastifyReply = reply
      return plain.code(status).headers(headers).send(body)
    },
    forceCloseConnections: 'idle',
    keepAliveTimeout: 75_000,
    routerOptions: { maxParamLength: 2048, caseSensitive: true },
    ajv: { customOptions: { coerceTypes: false } },
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(TypeBoxValidatorCompiler)
  app.setSerializerCompiler(() => (value) => JSON.stringify(value))
  acceptJsonBodies(app)
  await allowOtherOrigins(app)
  leaveInOrder(app, deps.clock, { draining: options.draining, away: options.away ?? (() => false) })
  requireAccess(app, deps, options.operatorAddresses ?? [])
  presentErrors(app, deps)
  nameSite(app, options.site, options.draining)
  return app
}

/**
 * NOTSPEC: answers at the paths of specifications before v1.1 too. The endpoints moved from r0 to v3 as they were, and
 * distributions still ship clients that know only the old paths. `/versions` does not offer them.
 */
function withoutOldVersion(url: string): string {
  return url.replace(/^\/_matrix\/(client|media)\/r0\//, '/_matrix/$1/v3/')
}

/**
 * Bodies are JSON whatever their Content-Type says, as clients of the Matrix API expect; routes that take something
 * else add a parser in their own scope.
 */
function acceptJsonBodies(app: App): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, body.length === 0 ? undefined : parseStrictJson(body as Buffer))
    } catch (error) {
      done(error as Error)
    }
  })
}

/** https://spec.matrix.org/v1.19/client-server-api/#web-browser-clients */
async function allowOtherOrigins(app: App): Promise<void> {
  await app.register(cors, {
    origin: '*',
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'],
    allowedHeaders: ['X-Requested-With', 'Content-Type', 'Authorization'],
    exposedHeaders: ['Retry-After', 'ETag', 'Content-Disposition', 'Dure-Site'],
    maxAge: 86_400,
  })
}

function requireAccess(app: App, deps: HttpDeps, operatorAddresses: readonly string[]): void {
  app.decorateRequest('caller', undefined)
  app.addHook('onRoute', (route) => {
    if (route.method === 'OPTIONS' || route.method === 'HEAD') return
    if (!route.config?.access) throw new Error(`${route.method} ${route.url} declares no access`)
  })
  app.addHook('onRequest', async (request) => {
    const { access = 'public', limit, notSuspended } = request.routeOptions.config
    if (access === 'operator') refuseStrangers(request, operatorAddresses)
    else if (access !== 'public' && access !== 'key') await identify(request, access, deps)
    if (notSuspended && request.caller?.suspended) throw refuseHttp('http.account_suspended')
    if (limit && !isUnlimited(request, deps)) deps.limits.draw(limit, request.caller?.userId ?? request.ip)
  })
}

function isUnlimited(request: FastifyRequest, deps: HttpDeps): boolean {
  if (request.caller) return request.caller.unlimited === true
  const token = deps.isUnlimited && accessTokenOf(request)
  return token !== undefined && deps.isUnlimited?.(token) === true
}

async function identify(request: FastifyRequest, access: Access, deps: HttpDeps): Promise<void> {
  const token = accessTokenOf(request)
  const { evenLocked = false } = request.routeOptions.config
  if (token !== undefined)
    request.caller = await deps.authenticate(token, request.ip, { evenLocked, actAs: masqueradeOf(request) })
  else if (access !== 'optional') throw refuseHttp('http.token_missing')
  const isForMembers = access === 'user' || access === 'administrator'
  if (isForMembers && request.caller?.guest) throw refuseHttp('http.guest_forbidden')
  if (access === 'application-service' && request.caller?.applicationService === undefined)
    throw refuseHttp('http.application_services_only')
  if (access === 'administrator' && !(await deps.isAdministrator?.(request.caller?.userId ?? '')))
    throw refuseHttp('http.administrator_only')
}

/** A proxy on this machine makes everybody look local; unless it is trusted, what it passes on is nobody's. */
function refuseStrangers({ ip, headers }: FastifyRequest, operatorAddresses: readonly string[]): void {
  const address = ip.replace(/^::ffff:/, '')
  const passedOn = headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined
  const near = isLoopback(address) ? !passedOn : operatorAddresses.includes(address)
  if (!near) throw refuseHttp('http.operators_only')
}

/** https://spec.matrix.org/v1.19/client-server-api/#using-access-tokens */
export function accessTokenOf(request: Pick<FastifyRequest, 'headers' | 'query'>): string | undefined {
  const header = request.headers.authorization
  if (header !== undefined) return /^Bearer +([^ ]+) *$/i.exec(header)?.[1]
  const query = request.query
  if (typeof query !== 'object' || query === null || !('access_token' in query)) return undefined
  return typeof query.access_token === 'string' ? query.access_token : undefined
}

/** https://spec.matrix.org/v1.19/application-service-api/#identity-assertion */
export function masqueradeOf({ query }: Pick<FastifyRequest, 'query'>): Masquerade {
  const { user_id: userId, device_id: deviceId } = (query ?? {}) as Record<string, unknown>
  return {
    userId: typeof userId === 'string' ? userId : undefined,
    deviceId: typeof deviceId === 'string' ? deviceId : undefined,
  }
}

/** Tells which site answered, for clients that know several. */
function nameSite(app: App, site: string | undefined, leaving: () => boolean): void {
  if (site === undefined) return
  // At the moment of the answer: a poll may have begun long before its site began to leave.
  app.addHook('onSend', async (_request, reply) => {
    reply.header('dure-site', leaving() ? `${site};leaving` : site)
  })
}

/** Whoever reads from a copy may say what there is, but not that there is nothing: a client would log out, or give up a file. */
const definite = new Set([401, 403, 404])

function isDoubtful(error: unknown): boolean {
  return error instanceof Refusal && definite.has(error.status) && !error.code.startsWith('http.')
}

function presentErrors(app: App, deps: Pick<HttpDeps, 'log' | 'random' | 'maybeStale'>): void {
  const { log, random, maybeStale } = deps
  const paths: RegExp[] = []
  app.addHook('onRoute', ({ url }) => void paths.push(pathPattern(url)))
  app.setErrorHandler((thrown, request, reply) => {
    const error =
      maybeStale?.() && isDoubtful(thrown)
        ? new Outage('there may be more at another site', { cause: thrown })
        : thrown
    const { status, headers, body } = presentError(error, random)
    if (status === 500)
      log.error(
        { err: error, requestId: request.id, method: request.method, route: request.routeOptions.url },
        'defect',
      )
    else if (status === 503) log.warn({ err: error, requestId: request.id }, 'outage')
    return reply.code(status).headers(headers).send(body)
  })
  app.setNotFoundHandler(async (request) => {
    const [path = '/'] = request.url.split('?', 1)
    throw refuseHttp(
      paths.some((pattern) => pattern.test(path)) ? 'http.method_unknown' : 'http.endpoint_unknown',
    )
  })
}

/** Fastify's router answers only for one method; this remembers every path, to tell 405 from 404. */
function pathPattern(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part === '*') return '.*'
    return part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${parts.join('/')}$`)
}
