import { type MatrixClient, ReceiptType } from 'matrix-js-sdk'

export async function setPinned(client: MatrixClient, roomId: string, pinned: boolean): Promise<void> {
  if (pinned) await client.setRoomTag(roomId, 'm.favourite', { order: 0.5 })
  else await client.deleteRoomTag(roomId, 'm.favourite')
}

export async function setMuted(client: MatrixClient, roomId: string, muted: boolean): Promise<void> {
  await client.setRoomMutePushRule('global', roomId, muted)
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
