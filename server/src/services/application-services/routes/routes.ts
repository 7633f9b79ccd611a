import Type from 'typebox'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { refuseHttp } from '../../../platform/http/refusals.ts'
import type { ApplicationServices } from '../service.ts'

const thirdParty = '/_matrix/client/v3/thirdparty'
const queryLengthMax = 2_000
const PingBody = Type.Object({ transaction_id: Type.Optional(Type.String({ maxLength: 1_000 })) })
const asked = { access: 'user', limit: 'third-party-account' } as const

export function applicationServicesRoutes(app: App, services: ApplicationServices): void {
  /** https://spec.matrix.org/v1.19/application-service-api/#post_matrixclientv1appserviceappserviceidping */
  app.post(
    '/_matrix/client/v1/appservice/:appserviceId/ping',
    {
      config: { access: 'application-service' },
      schema: { params: Type.Object({ appserviceId: Type.String() }), body: PingBody },
    },
    async (request) => {
      const durationMs = await services.ping({
        serviceId: request.params.appserviceId,
        callerId: callerOf(request).applicationService ?? '',
        transactionId: request.body.transaction_id,
      })
      return { duration_ms: Math.round(durationMs) }
    },
  )
  thirdPartyRoutes(app, services)
}

/** https://spec.matrix.org/v1.19/client-server-api/#third-party-networks */
function thirdPartyRoutes(app: App, services: ApplicationServices): void {
  const params = Type.Object({ protocol: Type.String() })
  app.get(`${thirdParty}/protocols`, { config: asked }, async () => services.protocols())
  app.get(`${thirdParty}/protocol/:protocol`, { config: asked, schema: { params } }, async (request) =>
    services.protocol(request.params.protocol),
  )

  for (const what of ['location', 'user'] as const)
    app.get(`${thirdParty}/${what}/:protocol`, { config: asked, schema: { params } }, async (request) =>
      services.lookUp({ what, protocol: request.params.protocol, query: fieldsOf(request.query) }),
    )
  for (const [what, name] of [
    ['location', 'alias'],
    ['user', 'userid'],
  ] as const)
    app.get(
      `${thirdParty}/${what}`,
      { config: asked, schema: { querystring: Type.Object({ [name]: Type.String() }) } },
      async (request) =>
        services.lookUp({
          what,
          protocol: undefined,
          query: fieldsOf({ [name]: (request.query as Record<string, unknown>)[name] }),
        }),
    )
}

/** What else stands in the query says who asks, and is nobody else's business. */
const own = new Set(['access_token', 'user_id', 'device_id'])

function fieldsOf(query: unknown): URLSearchParams {
  const fields = Object.entries((query ?? {}) as Record<string, unknown>).flatMap(
    ([name, value]): [string, string][] =>
      typeof value === 'string' && !own.has(name) ? [[name, value]] : [],
  )
  const params = new URLSearchParams(fields)
  if (params.toString().length > queryLengthMax)
    throw refuseHttp('http.parameter_invalid', `the fields are longer than ${queryLengthMax} characters`)
  return params
}
