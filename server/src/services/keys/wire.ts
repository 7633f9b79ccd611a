import Type, { type Static, type TSchema } from 'typebox'
import type { JsonObject } from '../../platform/json.ts'

/** Every member is checked, whatever its name; `Type.Record` would let names with a line feed pass unchecked. */
function mapOf<T extends TSchema>(
  member: T,
  options: { minProperties?: number; maxProperties?: number } = {},
) {
  return Type.Unsafe<Record<string, Static<T>>>({ type: 'object', additionalProperties: member, ...options })
}

const AnyObject = Type.Unsafe<JsonObject>({ type: 'object' })
const Text = Type.String()
const Signatures = mapOf(mapOf(Text))

/** PostgreSQL's text cannot hold U+0000. */
const noNull = '^[^\\u0000]*$'
const Id = Type.String({ minLength: 1, maxLength: 255, pattern: noNull })

/** https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysupload */
const DeviceKeys = Type.Object({
  user_id: Text,
  device_id: Text,
  algorithms: Type.Array(Text),
  keys: mapOf(Text),
  signatures: Signatures,
})
const KeyObject = Type.Object({ key: Text, signatures: Signatures })
const KeysByName = mapOf(Type.Union([Text, KeyObject]))

export const UploadBody = Type.Object({
  device_keys: Type.Optional(DeviceKeys),
  one_time_keys: Type.Optional(KeysByName),
  fallback_keys: Type.Optional(KeysByName),
})

/** https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysquery */
export const QueryBody = Type.Object({
  timeout: Type.Optional(Type.Integer()),
  device_keys: mapOf(Type.Array(Text)),
})

/** https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysclaim */
export const ClaimBody = Type.Object({
  timeout: Type.Optional(Type.Integer()),
  one_time_keys: mapOf(mapOf(Text)),
})

/** https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3keyschanges */
export const ChangesQuery = Type.Object({ from: Text, to: Text })

const CrossSigningKey = Type.Object({
  user_id: Text,
  usage: Type.Array(Text),
  keys: mapOf(Text, { minProperties: 1, maxProperties: 1 }),
  signatures: Type.Optional(Signatures),
})

/** https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysdevice_signingupload */
export const CrossSigningBody = Type.Object({
  master_key: Type.Optional(CrossSigningKey),
  self_signing_key: Type.Optional(CrossSigningKey),
  user_signing_key: Type.Optional(CrossSigningKey),
  auth: Type.Optional(Type.Unknown()),
})

/** https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keyssignaturesupload */
export const SignaturesBody = mapOf(mapOf(AnyObject))

const BackupKey = Type.Object({
  first_message_index: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  forwarded_count: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  is_verified: Type.Boolean(),
  session_data: AnyObject,
})
const RoomBackup = Type.Object({ sessions: mapOf(BackupKey) })

/** https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3room_keysversion */
export const BackupBody = Type.Object({ algorithm: Text, auth_data: AnyObject })
export const BackupUpdateBody = Type.Object({
  algorithm: Text,
  auth_data: AnyObject,
  version: Type.Optional(Text),
})
export const BackupParams = Type.Object({ version: Text })

/** https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3room_keyskeys */
export const BackupKeysQuery = Type.Object({ version: Text })
export const BackupRoomParams = Type.Object({ roomId: Id })
export const BackupSessionParams = Type.Object({ roomId: Id, sessionId: Id })
export const BackupKeysBody = Type.Object({ rooms: mapOf(RoomBackup) })
export const BackupRoomBody = RoomBackup
export const BackupSessionBody = BackupKey
