import Type, { type Static } from 'typebox'
import { compileEventFilter, RoomEventFilter } from '../../../platform/filters/event-filter.ts'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import { refuseHttp } from '../../../platform/http/refusals.ts'
import type { JsonObject } from '../../../platform/json.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import type { Viewer } from '../../rooms/api.ts'
import type { SearchAnswer } from '../operations/search-messages.ts'
import { searchKeys } from '../searched-text.ts'
import type { Search } from '../service.ts'

const pageLimit = { fallback: 10, max: 100 }
const contextLimit = { fallback: 5, max: 20 }
const termMax = 255

const Criteria = Type.Object({
  search_term: Type.String({ maxLength: termMax }),
  keys: Type.Optional(Type.Array(Type.Union(searchKeys.map((key) => Type.Literal(key))))),
  filter: Type.Optional(RoomEventFilter),
  order_by: Type.Optional(Type.Union([Type.Literal('recent'), Type.Literal('rank')])),
  event_context: Type.Optional(
    Type.Object({
      before_limit: Type.Optional(Type.Integer({ minimum: 0 })),
      after_limit: Type.Optional(Type.Integer({ minimum: 0 })),
      include_profile: Type.Optional(Type.Boolean()),
    }),
  ),
  include_state: Type.Optional(Type.Boolean()),
  groupings: Type.Optional(
    Type.Object({
      group_by: Type.Optional(
        Type.Array(Type.Object({ key: Type.Union([Type.Literal('room_id'), Type.Literal('sender')]) }), {
          maxItems: 2,
        }),
      ),
    }),
  ),
})
type Criteria = Static<typeof Criteria>
const Body = Type.Object({ search_categories: Type.Object({ room_events: Type.Optional(Criteria) }) })
const Query = Type.Object({ next_batch: Type.Optional(Type.String()) })

/** https://spec.matrix.org/v1.19/client-server-api/#server-side-search */
export function searchRoutes(app: App, search: Search): void {
  app.post(
    '/_matrix/client/v3/search',
    { config: { access: 'user', limit: 'search-messages' }, schema: { querystring: Query, body: Body } },
    async (request) => {
      const { room_events: criteria } = request.body.search_categories
      if (!criteria) return { search_categories: {} }
      const { userId, sessionId } = callerOf(request)
      const page = pageIn(request.query.next_batch)
      return { search_categories: { room_events: await find(search, { userId, sessionId }, criteria, page) } }
    },
  )
}

/** Where a page begins: after so many results of the search that began at this position. */
type Page = { upTo: Position; skip: number }

async function find(
  search: Search,
  viewer: Viewer,
  criteria: Criteria,
  page: Page | undefined,
): Promise<JsonObject> {
  const { filter = {}, event_context: context, include_state: withState } = criteria
  const now = await search.upToDate()
  const { upTo, skip } = page ?? { upTo: now, skip: 0 }
  const limit = Math.min(filter.limit ?? pageLimit.fallback, pageLimit.max)
  const answer = await search.messages({
    userId: viewer.userId,
    term: criteria.search_term,
    keys: criteria.keys ?? searchKeys,
    matcher: compileEventFilter(filter),
    order: criteria.order_by ?? 'rank',
    upTo,
    skip,
    limit,
  })
  const events = answer.results.map(({ event }) => event)
  const shown = await search.present(events, viewer)
  const contexts = context && {
    before: Math.min(context.before_limit ?? contextLimit.fallback, contextLimit.max),
    after: Math.min(context.after_limit ?? contextLimit.fallback, contextLimit.max),
    profiles: context.include_profile === true,
  }
  const results: JsonObject[] = []
  for (const [index, { event, rank }] of answer.results.entries())
    results.push({
      rank,
      result: shown[index] ?? {},
      ...(contexts && { context: await search.contextOf(viewer, event, { wanted: contexts, upTo: now }) }),
    })
  return {
    count: answer.count,
    highlights: answer.words,
    results,
    ...(withState && { state: await statesOf(search, viewer, answer) }),
    ...(criteria.groupings && { groups: groupsOf(answer, criteria) }),
    ...(answer.more && { next_batch: `${upTo}.${skip + limit}` }),
  }
}

async function statesOf(search: Search, viewer: Viewer, { results }: SearchAnswer): Promise<JsonObject> {
  const roomIds = [...new Set(results.map(({ event }) => event.roomId))]
  const states = await Promise.all(roomIds.map((roomId) => search.stateOf(roomId, viewer)))
  return Object.fromEntries(roomIds.map((roomId, index) => [roomId, states[index] ?? []]))
}

/** Of the results of this page, in the order of the first result of each group. */
function groupsOf({ results }: SearchAnswer, { groupings }: Criteria): JsonObject {
  const keys = (groupings?.group_by ?? []).map(({ key }) => key)
  return Object.fromEntries(
    keys.map((key) => {
      const groups = Map.groupBy(results, ({ event }) => (key === 'room_id' ? event.roomId : event.sender))
      const entries = [...groups].map(([value, members], order) => [
        value,
        { order, results: members.map(({ event }) => event.eventId) },
      ])
      return [key, Object.fromEntries(entries)]
    }),
  )
}

function pageIn(token: string | undefined): Page | undefined {
  if (token === undefined || token === '') return undefined
  const groups = /^(?<upTo>\d{1,15})\.(?<skip>\d{1,4})$/.exec(token)?.groups
  if (!groups) throw refuseHttp('http.parameter_invalid', 'next_batch is not a token of this server')
  return { upTo: Number(groups['upTo']), skip: Number(groups['skip']) }
}
