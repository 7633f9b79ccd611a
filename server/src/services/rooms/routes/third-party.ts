import Type from 'typebox'
import type { App } from '../../../platform/http/http.ts'
import { refuse } from '../refusals.ts'

const base = '/_matrix/client/v3/thirdparty'

/** No bridges to other networks are connected. https://spec.matrix.org/v1.19/client-server-api/#third-party-networks */
export function thirdPartyRoutes(app: App): void {
  app.get(`${base}/protocols`, { config: { access: 'user' } }, async () => ({}))

  const params = Type.Object({ protocol: Type.String() })
  for (const what of ['protocol', 'location', 'user'])
    app.get(`${base}/${what}/:protocol`, { config: { access: 'user' }, schema: { params } }, async () => {
      throw refuse('rooms.network_unknown')
    })

  for (const [what, name] of [
    ['location', 'alias'],
    ['user', 'userid'],
  ] as const)
    app.get(
      `${base}/${what}`,
      { config: { access: 'user' }, schema: { querystring: Type.Object({ [name]: Type.String() }) } },
      async () => {
        throw refuse('rooms.network_unknown')
      },
    )
}
