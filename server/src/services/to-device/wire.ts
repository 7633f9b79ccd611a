import Type, { type Static, type TSchema } from 'typebox'
import type { JsonObject } from '../../platform/json.ts'

/** Every member is checked, whatever its name; `Type.Record` would let names with a line feed pass unchecked. */
function mapOf<T extends TSchema>(member: T) {
  return Type.Unsafe<Record<string, Static<T>>>({ type: 'object', additionalProperties: member })
}

const AnyObject = Type.Unsafe<JsonObject>({ type: 'object' })

/** PostgreSQL's text cannot hold U+0000. */
const noNull = '^[^\\u0000]*$'

/** https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3sendtodeviceeventtypetxnid */
export const SendParams = Type.Object({
  eventType: Type.String({ minLength: 1, maxLength: 255, pattern: noNull }),
  txnId: Type.String({ minLength: 1, maxLength: 255, pattern: noNull }),
})

/** Contents by person and device; `*` is every device of the person. */
export const SendBody = Type.Object({ messages: mapOf(mapOf(AnyObject)) })
