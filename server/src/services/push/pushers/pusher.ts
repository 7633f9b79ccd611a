import type { JsonObject } from '../../../platform/json.ts'
import type { Position } from '../../../platform/stream/stream.ts'

/** Of Web Push, by the name it is to get, and until then. https://github.com/matrix-org/matrix-spec-proposals/pull/4174 */
export const webPushKinds = ['webpush', 'org.matrix.msc4174.webpush'] as const
export type PusherKind = 'http' | (typeof webPushKinds)[number]

/** https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3pushersset */
export type Pusher = {
  appId: string
  pushkey: string
  kind: PusherKind
  appDisplayName: string
  deviceDisplayName: string
  profileTag: string | null
  lang: string
  data: PusherData
}

/** `activated` is told of pushers of Web Push. */
export type ShownPusher = Pusher & { activated: boolean }

export type PusherData = JsonObject & { url: string }

export type PusherKey = { userId: string; appId: string; pushkey: string }

/** A pusher with something to do, in the hands of this node until its lease ends. */
export type LeasedPusher = PusherKey & {
  kind: PusherKind
  /** False while its client has not shown that messages arrive. */
  activated: boolean
  ackToken: string | null
  ackExpiresAtMs: number | null
  data: PusherData
  gateway: string
  setAtMs: number
  delivered: Position
  wanted: Position
  badge: number
  attempts: number
  fence: number
}
