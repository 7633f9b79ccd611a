import { type MatrixClient, PushRuleKind, ReceiptType } from 'matrix-js-sdk'

export async function setPinned(client: MatrixClient, roomId: string, pinned: boolean): Promise<void> {
  if (pinned) await client.setRoomTag(roomId, 'm.favourite', { order: 0.5 })
  else await client.deleteRoomTag(roomId, 'm.favourite')
}

/**
 * A rule for the chat without actions. The SDK's own way writes `dont_notify`, which servers leave out today, and takes
 * away only what has it: nothing that it muted could be unmuted.
 * https://spec.matrix.org/v1.19/client-server-api/#push-rules
 */
export async function setMuted(client: MatrixClient, roomId: string, muted: boolean): Promise<void> {
  const known = client.getRoomPushRule('global', roomId) !== undefined
  if (muted) await client.addPushRule('global', PushRuleKind.RoomSpecific, roomId, { actions: [] })
  else if (known) await client.deletePushRule('global', PushRuleKind.RoomSpecific, roomId)
  client.setPushRules(await client.getPushRules())
}

/** Tells everybody, and the person's other devices, that all of a chat has been read. */
export async function markRead(client: MatrixClient, roomId: string): Promise<void> {
  const room = client.getRoom(roomId)
  const last = room?.getLastLiveEvent()
  if (!room || !last || last.status !== null) return
  const id = last.getId()
  if (id === undefined) return
  await client.setRoomReadMarkers(roomId, id)
  await client.sendReadReceipt(last, ReceiptType.Read, true)
}

export async function leaveChat(client: MatrixClient, roomId: string): Promise<void> {
  await client.leave(roomId)
  await client.forget(roomId)
}
