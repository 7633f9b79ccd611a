import type { JsonObject } from '../../../platform/json.ts'
import type { Position } from '../../../platform/stream/stream.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3pushersset */
export type Pusher = {
  appId: string
  pushkey: string
  kind: 'http'
  appDisplayName: string
  deviceDisplayName: string
  profileTag: string | null
  lang: string
  data: PusherData
}

export type PusherData = JsonObject & { url: string }

export type PusherKey = { userId: string; appId: string; pushkey: string }

/** A pusher with something to do, in the hands of this node until its lease ends. */
export type LeasedPusher = PusherKey & {
  kind: 'http'
  data: PusherData
  gateway: string
  setAtMs: number
  delivered: Position
  wanted: Position
  badge: number
  attempts: number
  fence: number
}
