import type { Room } from 'matrix-js-sdk'

/** The account data by which clients agree whether links in a room are looked up. */
const settingType = 'org.matrix.room.preview_urls'

/**
 * Whether the server may be asked what a link of this chat leads to. In an encrypted chat it learns links in no other
 * way, so there it is asked only when the person has said so.
 */
export function previewsWanted(room: Room): boolean {
  const setting: unknown = room.getAccountData(settingType)?.getContent()['disable']
  return typeof setting === 'boolean' ? !setting : !room.hasEncryptionStateEvent()
}

export async function setPreviews(room: Room, wanted: boolean): Promise<void> {
  await room.client.setRoomAccountData(room.roomId, settingType as never, { disable: !wanted } as never)
}
