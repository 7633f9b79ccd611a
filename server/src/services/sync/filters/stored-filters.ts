import { createHash } from 'node:crypto'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { JsonError, parseStrictJson } from '../../../platform/http/strict-json.ts'
import type { JsonObject } from '../../../platform/json.ts'
import { lenientCanonicalJsonWithout } from '../../../platform/signed-json/canonical-json.ts'
import type { SyncSettings } from '../config.ts'
import { refuse } from '../refusals.ts'
import { compileFilter, type Filter, type FilterDefinition, problemOf } from './definition.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#filtering */
export type StoredFilters = {
  /** Keeps a filter and gives its id; the same definition has the same id. */
  define(userId: string, definition: JsonObject): Promise<string>
  /** The definition as it was given; throws `sync.filter_unknown`. */
  get(userId: string, filterId: string): Promise<JsonObject>
  /** What /sync's `filter` parameter names: an id, or JSON when it begins with a brace. */
  resolve(userId: string, parameter: string | undefined): Promise<Filter>
}

type Deps = { db: Database; config: Pick<SyncSettings, 'filtersPerPersonMax' | 'filterBytesMax'> }

const compiledMax = 5000
const everything = compileFilter({})

export function createStoredFilters(deps: Deps): StoredFilters {
  // Filters never change under an id, so what was read once may be kept; equal inline filters share one entry.
  const compiled = new Map<string, Filter>()

  function remember(key: string, filter: Filter): Filter {
    compiled.delete(key)
    compiled.set(key, filter)
    if (compiled.size > compiledMax) compiled.delete(compiled.keys().next().value ?? key)
    return filter
  }

  async function stored(userId: string, filterId: string): Promise<Filter> {
    const key = `${userId} ${filterId}`
    const known = compiled.get(key)
    if (known) return known
    const definition = await getFilter(deps, userId, filterId)
    if (!definition) throw refuse('sync.filter_parameter_unknown')
    return remember(key, compileFilter(definition as FilterDefinition))
  }

  return {
    define: (userId, definition) => defineFilter(deps, userId, definition),
    async get(userId, filterId) {
      const definition = await getFilter(deps, userId, filterId)
      if (!definition) throw refuse('sync.filter_unknown')
      return definition
    },
    async resolve(userId, parameter) {
      if (parameter === undefined) return everything
      if (!parameter.startsWith('{')) return stored(userId, parameter)
      return compiled.get(parameter) ?? remember(parameter, compileFilter(parseInline(parameter)))
    },
  }
}

async function defineFilter(deps: Deps, userId: string, definition: JsonObject): Promise<string> {
  const text = JSON.stringify(definition)
  if (Buffer.byteLength(text) > deps.config.filterBytesMax) throw refuse('sync.filter_too_large')
  const filterId = createHash('sha256')
    .update(lenientCanonicalJsonWithout(definition, []))
    .digest('base64url')
    .slice(0, 16)
  const [row] = await deps.db.rows<{ kept: boolean }>(sql`
    with own as (
      select count(*) < ${deps.config.filtersPerPersonMax} as room_left, coalesce(bool_or(filter_id = ${filterId}), false) as known
      from sync.filter where user_id = ${userId}
    ), added as (
      insert into sync.filter (user_id, filter_id, definition)
      select ${userId}, ${filterId}, ${text}::json from own where room_left and not known
      on conflict (user_id, filter_id) do nothing
    )
    select room_left or known as kept from own`)
  if (!row?.kept) throw refuse('sync.filters_too_many')
  return filterId
}

async function getFilter(deps: Deps, userId: string, filterId: string): Promise<JsonObject | undefined> {
  const [row] = await deps.db.rows<{ definition: JsonObject }>(sql`
    select definition from sync.filter where user_id = ${userId} and filter_id = ${filterId}`)
  return row?.definition
}

function parseInline(text: string): FilterDefinition {
  let definition: unknown
  try {
    definition = parseStrictJson(Buffer.from(text))
  } catch (error) {
    if (error instanceof JsonError) throw refuse('sync.filter_not_json', error.message)
    throw error
  }
  const problem = problemOf(definition)
  if (problem !== undefined) throw refuse('sync.filter_invalid', problem)
  return definition as FilterDefinition
}
