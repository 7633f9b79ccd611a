import Type from 'typebox'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import type { IdentityService } from '../service.ts'

const resultLimit = { fallback: 10, max: 50 }
const Body = Type.Object({
  search_term: Type.String({ maxLength: 255 }),
  limit: Type.Optional(Type.Integer({ minimum: 0 })),
})

/** https://spec.matrix.org/v1.19/client-server-api/#user-directory */
export function peopleRoutes(app: App, identity: IdentityService): void {
  app.post(
    '/_matrix/client/v3/user_directory/search',
    { config: { access: 'user', limit: 'people-account' }, schema: { body: Body } },
    async (request) => {
      const { search_term: term, limit = resultLimit.fallback } = request.body
      const { people, limited } = await identity.searchPeople({
        searcher: callerOf(request).userId,
        term,
        limit: Math.min(limit, resultLimit.max),
      })
      return {
        results: people.map(({ userId, profile: { displayname, avatar_url: avatarUrl } }) => ({
          user_id: userId,
          ...(displayname !== undefined && { display_name: displayname }),
          ...(avatarUrl !== undefined && { avatar_url: avatarUrl }),
        })),
        limited,
      }
    },
  )
}
