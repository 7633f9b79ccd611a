import Type from 'typebox'
import Value from 'typebox/value'
import {
  compileEventFilter,
  type EventMatcher,
  RoomEventFilter,
} from '../../../platform/filters/event-filter.ts'
import type { Caller } from '../../../platform/http/access.ts'
import { refuseHttp } from '../../../platform/http/refusals.ts'
import { JsonError, parseStrictJson } from '../../../platform/http/strict-json.ts'
import { parseToken } from '../../../platform/stream/token.ts'

/** Where the room endpoints of the Matrix client-server API live. */
export const roomPath = '/_matrix/client/v3/rooms/:roomId'
export const roomPathV1 = '/_matrix/client/v1/rooms/:roomId'

export const RoomParams = Type.Object({ roomId: Type.String() })
export const EventParams = Type.Object({ roomId: Type.String(), eventId: Type.String() })
export const Direction = Type.Union([Type.Literal('f'), Type.Literal('b')])
/** Numbers in a query are text until they are read. */
export const Whole = Type.String({ pattern: '^[0-9]{1,16}$' })

/** The position in a token from the query; refuses what this server never issued. */
export function positionIn(name: string, token: string | undefined): number | undefined {
  if (token === undefined || token === '') return undefined
  const parsed = parseToken(token)
  if (!parsed) throw refuseHttp('http.parameter_invalid', `${name} is not a token of this server`)
  return parsed.position
}

export function limitOf(
  text: string | undefined,
  { fallback, max }: { fallback: number; max: number },
): number {
  return text === undefined ? fallback : Math.min(Number(text), max)
}

/** When an application service says that something happened elsewhere. */
export const TimeQuery = Type.Object({ ts: Type.Optional(Type.String()) })

/**
 * Milliseconds for `origin_server_ts`; only application services may choose them.
 * https://spec.matrix.org/v1.19/application-service-api/#timestamp-massaging
 */
export function timeIn({ ts }: { ts?: string }, { applicationService }: Caller): { originServerTs?: number } {
  if (ts === undefined || applicationService === undefined) return {}
  const originServerTs = /^[0-9]{1,16}$/.test(ts) ? Number(ts) : Number.NaN
  if (!Number.isSafeInteger(originServerTs))
    throw refuseHttp('http.parameter_invalid', 'ts is not a time in milliseconds')
  return { originServerTs }
}

export type RoomFilter = { settings: RoomEventFilter; matcher: EventMatcher }

/** The RoomEventFilter in a query, as JSON. */
export function roomFilterIn(text: string | undefined): RoomFilter {
  const settings = text === undefined || text === '' ? {} : parseFilter(text)
  return { settings, matcher: compileEventFilter(settings) }
}

function parseFilter(text: string): RoomEventFilter {
  try {
    const value = parseStrictJson(Buffer.from(text))
    if (Value.Check(RoomEventFilter, value)) return value
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
  }
  throw refuseHttp('http.parameter_invalid', 'filter is not a RoomEventFilter in JSON')
}
