import type { Caller } from '../../../platform/http/access.ts'
import { callerOf } from '../../../platform/http/access.ts'
import { refuse } from '../refusals.ts'

const roomIdBytesMax = 255

/** The caller, who must be the person named in the path. */
export function ownerOf(request: { caller: Caller | undefined; params: { userId: string } }): string {
  const { userId } = callerOf(request)
  if (request.params.userId !== userId) throw refuse('account_data.foreign')
  return userId
}

/** https://spec.matrix.org/v1.19/appendices/#room-ids */
export function checkRoomId(roomId: string): void {
  const fits = /^![^\0]+$/.test(roomId) && Buffer.byteLength(roomId) <= roomIdBytesMax
  if (!fits) throw refuse('account_data.room_id_invalid')
}
