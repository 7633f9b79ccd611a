import type { JsonObject } from '../../../platform/json.ts'
import { refuse } from '../refusals.ts'
import type { PusherBody } from '../wire.ts'
import type { Pusher, PusherData } from './pusher.ts'

const bytesMax = { appId: 64, pushkey: 512, text: 512, data: 8192 }
const gatewayPath = '/_matrix/push/v1/notify'

/** The pusher that a request describes; throws the refusal that says what is wrong with it. */
export function pusherIn(body: PusherBody): Pusher {
  if (body.kind !== 'http') throw refuse('push.kind_unknown')
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
    kind: body.kind,
    appDisplayName: app_display_name,
    deviceDisplayName: device_display_name,
    profileTag: profile_tag ?? null,
    lang,
    data: withUrl(given),
  }
}

/** https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3pushersset asks for https and the path of gateways. */
function withUrl(data: JsonObject): PusherData {
  const { url } = data
  if (url === undefined) throw refuse('push.pusher_incomplete', 'data.url is missing.')
  const parsed = typeof url === 'string' ? URL.parse(url) : null
  if (typeof url !== 'string' || !parsed) throw refuse('push.pusher_invalid', 'data.url is not a URL.')
  if (parsed.pathname !== gatewayPath)
    throw refuse('push.pusher_invalid', `The path of data.url is not ${gatewayPath}.`)
  return { ...data, url }
}

function requireSize(name: string, text: string, max: number, min = 1): void {
  const sizeBytes = Buffer.byteLength(text)
  if (sizeBytes < min) throw refuse('push.pusher_invalid', `${name} is empty.`)
  if (sizeBytes > max) throw refuse('push.pusher_invalid', `${name} is longer than ${max} bytes.`)
  if (text.includes('\0')) throw refuse('push.pusher_invalid', `${name} holds a null character.`)
}
