import { isJsonObject, type JsonObject } from '../../../platform/json.ts'
import { refuse } from '../refusals.ts'
import { isPublicKey } from '../web-push/encrypt-message.ts'
import type { PusherBody } from '../wire.ts'
import { type Pusher, type PusherData, webPushKinds } from './pusher.ts'

const bytesMax = { appId: 64, pushkey: 512, text: 512, data: 8192, payload: 2048 }
const authBytes = 16
const base64url = /^[A-Za-z0-9_-]+$/
const kinds = ['http', ...webPushKinds] as const
const gatewayPath = '/_matrix/push/v1/notify'

/** The pusher that a request describes; throws the refusal that says what is wrong with it. */
export function pusherIn(body: PusherBody): Pusher {
  const kind = kinds.find((known) => known === body.kind)
  if (kind === undefined) throw refuse('push.kind_unknown')
  const { app_display_name, device_display_name, lang, data, profile_tag } = body
  if (app_display_name === undefined || device_display_name === undefined || lang === undefined || !data)
    throw refuse('push.pusher_incomplete')
  requireSize('app_id', body.app_id, bytesMax.appId)
  requireSize('pushkey', body.pushkey, bytesMax.pushkey)
  for (const [name, text] of Object.entries({ app_display_name, device_display_name, lang, profile_tag }))
    if (text !== undefined) requireSize(name, text, bytesMax.text, 0)
  // It came as JSON.
  const given = data as JsonObject
  requireSize('data', JSON.stringify(given), bytesMax.data)
  return {
    appId: body.app_id,
    pushkey: body.pushkey,
    kind,
    appDisplayName: app_display_name,
    deviceDisplayName: device_display_name,
    profileTag: profile_tag ?? null,
    lang,
    data: kind === 'http' ? gatewayData(given) : webPushData(body.pushkey, given),
  }
}

/** https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3pushersset asks for https and the path of gateways. */
function gatewayData(data: JsonObject): PusherData {
  const url = urlIn(data)
  if (url.pathname !== gatewayPath)
    throw refuse('push.pusher_invalid', `The path of data.url is not ${gatewayPath}.`)
  return { ...data, url: String(data['url']) }
}

/** A browser's subscription. https://github.com/matrix-org/matrix-spec-proposals/pull/4174 */
function webPushData(pushkey: string, { activated: _, ...data }: JsonObject): PusherData {
  urlIn(data)
  const { auth, default_payload: payload } = data
  if (auth === undefined) throw refuse('push.pusher_incomplete', 'data.auth is missing.')
  if (
    typeof auth !== 'string' ||
    !base64url.test(auth) ||
    Buffer.from(auth, 'base64url').length !== authBytes
  )
    throw refuse('push.pusher_invalid', `data.auth is not ${authBytes} bytes in base64url.`)
  if (!base64url.test(pushkey) || !isPublicKey(Buffer.from(pushkey, 'base64url')))
    throw refuse('push.pusher_invalid', 'The pushkey is no public key of P-256 in base64url.')
  if (payload !== undefined && !isJsonObject(payload))
    throw refuse('push.pusher_invalid', 'data.default_payload is not an object.')
  requireSize('data.default_payload', JSON.stringify(payload ?? {}), bytesMax.payload)
  return { ...data, url: String(data['url']) }
}

function urlIn({ url }: JsonObject): URL {
  if (url === undefined) throw refuse('push.pusher_incomplete', 'data.url is missing.')
  const parsed = typeof url === 'string' ? URL.parse(url) : null
  if (!parsed) throw refuse('push.pusher_invalid', 'data.url is not a URL.')
  return parsed
}

function requireSize(name: string, text: string, max: number, min = 1): void {
  const sizeBytes = Buffer.byteLength(text)
  if (sizeBytes < min) throw refuse('push.pusher_invalid', `${name} is empty.`)
  if (sizeBytes > max) throw refuse('push.pusher_invalid', `${name} is longer than ${max} bytes.`)
  if (text.includes('\0')) throw refuse('push.pusher_invalid', `${name} holds a null character.`)
}
