import Type from 'typebox'
import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import type { JsonObject } from '../../../platform/json.ts'
import { FilterDefinition } from '../filters/definition.ts'
import type { StoredFilters } from '../filters/stored-filters.ts'
import { refuse } from '../refusals.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3useruseridfilter */
export function filterRoutes(http: App, filters: StoredFilters): void {
  http.post(
    '/_matrix/client/v3/user/:userId/filter',
    {
      config: { access: 'guest', limit: 'sync-filter' },
      schema: { params: Type.Object({ userId: Type.String() }), body: FilterDefinition },
    },
    async (request) => {
      const { userId } = callerOf(request)
      if (request.params.userId !== userId) throw refuse('sync.filter_of_another_person')
      // Parsed from JSON, so members beyond those of the schema are JSON values too.
      return { filter_id: await filters.define(userId, request.body as JsonObject) }
    },
  )

  http.get(
    '/_matrix/client/v3/user/:userId/filter/:filterId',
    {
      config: { access: 'guest' },
      schema: { params: Type.Object({ userId: Type.String(), filterId: Type.String() }) },
    },
    async (request) => {
      const { userId } = callerOf(request)
      if (request.params.userId !== userId) throw refuse('sync.filter_of_another_person')
      return filters.get(userId, request.params.filterId)
    },
  )
}
