import type { MatrixClient } from 'matrix-js-sdk'
import type { MoneyMessage } from '../../../server/src/services/wallet/wire.ts'
import { outbox } from './device-outbox.ts'
import { openDirectChat } from './start-chat.ts'

/** Shows money in the chat of two with somebody, which is made where there is none. Gives its room. */
export async function showMoney(
  client: MatrixClient,
  userId: string,
  message: Omit<MoneyMessage, 'msgtype'>,
): Promise<string> {
  const roomId = await openDirectChat(client, userId)
  await outbox.add({ roomId, type: 'm.room.message', content: { msgtype: 'org.dure.money', ...message } })
  return roomId
}
