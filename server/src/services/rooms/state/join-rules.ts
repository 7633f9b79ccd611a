import { isJsonObject } from '../../../platform/json.ts'
import type { TimelineEvent } from '../api.ts'

/** The rooms whose members may come in. https://spec.matrix.org/v1.19/client-server-api/#conditions */
export function allowedRoomsIn(joinRules: TimelineEvent | undefined): string[] {
  const allow = joinRules?.content['allow']
  if (!Array.isArray(allow)) return []
  return allow.flatMap((condition) => {
    if (!isJsonObject(condition) || condition['type'] !== 'm.room_membership') return []
    const { room_id: roomId } = condition
    return typeof roomId === 'string' && !roomId.includes('\0') ? [roomId] : []
  })
}
