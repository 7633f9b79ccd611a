import type { Static, TSchema } from 'typebox'
import Value from 'typebox/value'
import { refuseHttp } from '../../../platform/http/refusals.ts'

/** A body whose form depends on more than the path: as `schema` would check it. */
export function parseBody<Schema extends TSchema>(schema: Schema, body: unknown): Static<Schema> {
  if (Value.Check(schema, body)) return body
  const [problem] = Value.Errors(schema, body)
  const where = (problem?.instancePath ?? '').replace(/^\//, '').replaceAll('/', '.')
  throw refuseHttp('http.bad_json', [where, problem?.message].filter(Boolean).join(': '))
}
