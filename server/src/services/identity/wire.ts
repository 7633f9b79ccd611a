import Type, { type Static } from 'typebox'

/** Text as PostgreSQL can keep it: without NUL. */
const text = (maxLength: number) => Type.String({ maxLength, pattern: '^[^\\u0000]*$' })

const identifier = Type.Object({
  type: Type.String(),
  user: Type.Optional(Type.String()),
  medium: Type.Optional(Type.String()),
  address: Type.Optional(Type.String()),
})

/** What registering and logging in have in common. */
const session = {
  device_id: Type.Optional(Type.String()),
  initial_device_display_name: Type.Optional(text(255)),
  refresh_token: Type.Optional(Type.Boolean()),
}

/** https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3register */
export const RegisterBody = Type.Object({
  type: Type.Optional(Type.String()),
  auth: Type.Optional(Type.Unknown()),
  username: Type.Optional(Type.String()),
  password: Type.Optional(Type.String()),
  inhibit_login: Type.Optional(Type.Boolean()),
  guest_access_token: Type.Optional(Type.String()),
  ...session,
})
export type RegisterBody = Static<typeof RegisterBody>
export const RegisterQuery = Type.Object({
  kind: Type.Optional(Type.Union([Type.Literal('user'), Type.Literal('guest')])),
})
/** Of a guest only this is looked at; the rest of the body may be anything. */
export const GuestBody = Type.Object({ initial_device_display_name: Type.Optional(text(255)) })

export const UsernameQuery = Type.Object({ username: Type.String() })
export const TokenQuery = Type.Object({ token: Type.String() })

/** https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3login */
export const LoginBody = Type.Object({
  type: Type.String(),
  identifier: Type.Optional(identifier),
  user: Type.Optional(Type.String()),
  medium: Type.Optional(Type.String()),
  address: Type.Optional(Type.String()),
  password: Type.Optional(Type.String()),
  token: Type.Optional(Type.String()),
  ...session,
})
export type LoginBody = Static<typeof LoginBody>

export const RefreshBody = Type.Object({ refresh_token: Type.String() })

export const PasswordBody = Type.Object({
  auth: Type.Optional(Type.Unknown()),
  new_password: Type.String(),
  logout_devices: Type.Optional(Type.Boolean()),
})

export const DeactivateBody = Type.Object({
  auth: Type.Optional(Type.Unknown()),
  id_server: Type.Optional(Type.String()),
  erase: Type.Optional(Type.Boolean()),
})

export const DeviceParams = Type.Object({ deviceId: text(255) })
export const DeviceBody = Type.Object({ display_name: Type.Optional(text(255)) })
export const DeleteDevicesBody = Type.Object({
  auth: Type.Optional(Type.Unknown()),
  devices: Type.Array(text(255), { maxItems: 1000 }),
})

export const ProfileParams = Type.Object({ userId: Type.String() })
export const ProfileFieldParams = Type.Object({ userId: Type.String(), keyName: Type.String() })

/** https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3devices */
export type DeviceView = {
  device_id: string
  display_name?: string
  last_seen_ip?: string
  last_seen_ts?: number
}

/** The answer to registering and logging in. */
export type SessionView = {
  user_id: string
  access_token?: string
  refresh_token?: string
  expires_in_ms?: number
  device_id?: string
}
