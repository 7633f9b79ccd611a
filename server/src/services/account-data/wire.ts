import Type from 'typebox'
import type { JsonObject } from '../../platform/json.ts'

/** Text as PostgreSQL can keep it: without NUL. */
const text = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000]*$' })

const userId = Type.String()
const roomId = Type.String()
const type = text(255)

/** https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3useruseridaccount_datatype */
export const GlobalParams = Type.Object({ userId, type })
export const RoomParams = Type.Object({ userId, roomId, type })
export const ContentBody = Type.Unsafe<JsonObject>(Type.Object({}))

/** https://spec.matrix.org/v1.19/client-server-api/#room-tagging */
export const TagsParams = Type.Object({ userId, roomId })
export const TagParams = Type.Object({ userId, roomId, tag: text(255) })
export const TagBody = Type.Unsafe<JsonObject>(
  Type.Object({ order: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })) }),
)
