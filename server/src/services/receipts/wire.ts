import Type, { type Static } from 'typebox'

export const ReceiptParams = Type.Object({
  roomId: Type.String(),
  receiptType: Type.String(),
  eventId: Type.String(),
})
export const RoomParams = Type.Object({ roomId: Type.String() })

/** The route itself judges the thread, because it has an error code of its own. Clients with nothing to say send no body. */
export const ReceiptBody = Type.Union([
  Type.Undefined(),
  Type.Null(),
  Type.Object({ thread_id: Type.Optional(Type.Unknown()) }),
])

/** https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidread_markers */
export const ReadMarkersBody = Type.Object({
  'm.fully_read': Type.Optional(Type.String()),
  'm.read': Type.Optional(Type.String()),
  'm.read.private': Type.Optional(Type.String()),
})
export type ReadMarkersBody = Static<typeof ReadMarkersBody>
