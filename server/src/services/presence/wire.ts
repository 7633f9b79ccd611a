import Type, { type Static } from 'typebox'

export const TypingParams = Type.Object({ roomId: Type.String(), userId: Type.String() })
export const PersonParams = Type.Object({ userId: Type.String() })

/** https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidtypinguserid */
export const TypingBody = Type.Object({
  typing: Type.Boolean(),
  timeout: Type.Optional(Type.Integer({ minimum: 0 })),
})

const PresenceState = Type.Union([
  Type.Literal('online'),
  Type.Literal('offline'),
  Type.Literal('unavailable'),
])

/** https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3presenceuseridstatus */
export const StatusBody = Type.Object({
  presence: PresenceState,
  status_msg: Type.Optional(Type.String({ maxLength: 1000 })),
})

/** https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3presenceuseridstatus */
export const StatusAnswer = Type.Object({
  presence: PresenceState,
  last_active_ago: Type.Optional(Type.Integer()),
  status_msg: Type.Optional(Type.String()),
  currently_active: Type.Optional(Type.Boolean()),
})
export type PresenceState = Static<typeof PresenceState>
export type StatusAnswer = Static<typeof StatusAnswer>
