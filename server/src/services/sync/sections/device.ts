import type { JsonObject } from '../../../platform/json.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import type { Sources, View } from '../view.ts'

/** What an answer tells the device that asks about itself. */
export type DeviceNews = {
  messages: JsonObject[]
  /** Position of the last message given, when more wait. */
  messagesUpTo: Position | undefined
  oneTimeKeys: Record<string, number>
  unusedFallbackTypes: string[]
  countsChanged: boolean
}

/**
 * To-device messages and key counts. A message is kept until the device comes back with a token that covers it, so
 * the same token gets the same messages again.
 * https://spec.matrix.org/v1.19/client-server-api/#extensions-to-sync
 */
export async function deviceNewsOf(sources: Sources, view: View): Promise<DeviceNews | undefined> {
  const { toDevice, keys, config } = sources
  const { caller, since, upTo } = view
  const { userId, deviceId } = caller
  if (deviceId === undefined) return undefined
  const after = since?.toDevice ?? since?.position ?? 0
  const [pending, counts] = await Promise.all([
    toDevice.pending(userId, deviceId, after, upTo, config.toDeviceLimit),
    keys.counts(userId, deviceId),
  ])
  return {
    messages: pending.events,
    messagesUpTo: pending.last,
    oneTimeKeys: counts.oneTimeKeys,
    unusedFallbackTypes: counts.unusedFallbackTypes,
    countsChanged: since !== undefined && keys.countsChanged(userId, deviceId, since.position, upTo),
  }
}
