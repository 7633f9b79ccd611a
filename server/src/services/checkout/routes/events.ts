import { OutgoingError } from '../../../platform/outgoing/errors.ts'
import type { Outgoing } from '../../../platform/outgoing/outgoing.ts'
import type { EndpointBody } from '../documents.ts'
import { changeKept, createKept } from '../operations/keep.ts'
import type { CheckoutDeps } from '../operations/request.ts'
import { listEvents, readEvent } from '../store/events.ts'
import {
  clearable,
  created,
  type Field,
  flag,
  ignored,
  listOf,
  mergeMetadata,
  metadata,
  paging,
  required,
  text,
  url,
  wrong,
} from '../stripe/fields.ts'
import { listOfObjects, ok, type StripeApi } from '../stripe/scope.ts'
import { randomSecret } from '../webhooks/sign.ts'
import { listed, pageOf, shown } from './lists.ts'

type EventDeps = CheckoutDeps & {
  replayEvent(shop: string, event: string): Promise<number>
  outgoing: Outgoing
}

/** https://docs.stripe.com/api/events */
export function eventRoutes(api: StripeApi, deps: EventDeps): void {
  api.get('/events/:id', {}, async ({ shop }, _params, id) => ok(await readEvent(deps.db, shop, id)))
  // NOTSPEC: Stripe does this by its command line's own channel. Once for each time that it is asked for, whatever the key.
  api.post('/events/:id/retry', {}, async ({ shop }, _params, id) => {
    const event = await readEvent(deps.db, shop, id)
    await deps.replayEvent(shop, id)
    return ok(event)
  })
  api.get(
    '/events',
    { ...paging, created, type: eventName, types: listOf(eventName, 20) },
    async ({ shop }, params) => {
      const types = params.types ?? (params.type === undefined ? undefined : [params.type])
      const { events, more } = await listEvents(deps.db, {
        shop,
        page: pageOf(params),
        types,
        created: params.created,
      })
      return ok(listOfObjects('/v1/events', events, more))
    },
  )
}

const eventName: Field<string | undefined> = (value, name) => {
  const given = text(100)(value, name)
  if (given !== undefined && !/^(\*|[a-z_]+(\.[a-z_]+)*(\.\*)?)$/.test(given))
    throw wrong('checkout.parameter_invalid', name, `Invalid ${name}: not the name of an event.`)
  return given
}

const endpointFields = {
  url: url(['http:', 'https:']),
  enabled_events: listOf(eventName, 100),
  description: clearable(5000),
  metadata,
  api_version: ignored,
}

/** https://docs.stripe.com/api/webhook_endpoints */
export function endpointRoutes(api: StripeApi, deps: EventDeps): void {
  const fields = {
    ...endpointFields,
    url: required(endpointFields.url),
    enabled_events: required(endpointFields.enabled_events),
  }
  api.post('/webhook_endpoints', fields, async (request, params) => {
    await examine(deps, params.url)
    const body: EndpointBody = {
      url: params.url,
      events: params.enabled_events,
      secret: randomSecret(deps.random),
      description: params.description ?? null,
      metadata: mergeMetadata({}, params.metadata),
      disabled: false,
      deleted: false,
    }
    const also = () => ({ secret: body.secret })
    return createKept(deps, request, { kind: 'webhook_endpoint', body }, { also })
  })
  api.get('/webhook_endpoints/:id', {}, ({ shop }, _params, id) => shown(deps, shop, 'webhook_endpoint', id))
  api.post('/webhook_endpoints/:id', { ...endpointFields, disabled: flag }, async (request, params, id) => {
    if (params.url !== undefined) await examine(deps, params.url)
    return changeKept(deps, request, { kind: 'webhook_endpoint', id }, (endpoint) => ({
      ...endpoint,
      body: {
        ...endpoint.body,
        url: params.url ?? endpoint.body.url,
        events: params.enabled_events ?? endpoint.body.events,
        description: params.description === undefined ? endpoint.body.description : params.description,
        metadata: mergeMetadata(endpoint.body.metadata, params.metadata),
        disabled: params.disabled ?? endpoint.body.disabled,
      },
    }))
  })
  api.delete('/webhook_endpoints/:id', (request, _params, id) =>
    changeKept(deps, request, { kind: 'webhook_endpoint', id }, (endpoint) => ({
      ...endpoint,
      body: { ...endpoint.body, deleted: true },
    })),
  )
  api.get('/webhook_endpoints', paging, ({ shop }, params) =>
    listed(deps, shop, 'webhook_endpoint', params, '/v1/webhook_endpoints'),
  )
}

/** Says early what every delivery would be refused for. */
async function examine({ outgoing }: EventDeps, address: string): Promise<void> {
  try {
    await outgoing.examine(address, { plainHttp: 'named-networks' })
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error
    throw wrong(
      'checkout.parameter_invalid',
      'url',
      'This server calls only public https addresses, and networks that its operator has named.',
    )
  }
}
