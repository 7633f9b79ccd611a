import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import type { Mark } from '../operations/mark-read.ts'
import { refuse } from '../refusals.ts'
import type { ReceiptsService } from '../service.ts'
import { ReadMarkersBody, ReceiptBody, ReceiptParams, RoomParams } from '../wire.ts'

const markTypes = ['m.fully_read', 'm.read', 'm.read.private'] as const

export function receiptsRoutes(app: App, receipts: ReceiptsService): void {
  /** https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidreceiptreceipttypeeventid */
  app.post(
    '/_matrix/client/v3/rooms/:roomId/receipt/:receiptType/:eventId',
    {
      config: { access: 'user', limit: 'receipts-write' },
      schema: { params: ReceiptParams, body: ReceiptBody },
    },
    async (request) => {
      const { roomId, receiptType, eventId } = request.params
      const type = markTypes.find((known) => known === receiptType)
      if (!type) throw refuse('receipts.type_unknown')
      const mark: Mark = { type, eventId, threadId: threadOf(request.body?.thread_id, type) }
      await receipts.markRead({ userId: callerOf(request).userId, roomId }, [mark])
      return {}
    },
  )

  /** https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidread_markers */
  app.post(
    '/_matrix/client/v3/rooms/:roomId/read_markers',
    {
      config: { access: 'user', limit: 'receipts-write' },
      schema: { params: RoomParams, body: ReadMarkersBody },
    },
    async (request) => {
      const marks = markTypes.flatMap((type): Mark[] => {
        const eventId = request.body[type]
        return eventId === undefined ? [] : [{ type, eventId }]
      })
      await receipts.markRead({ userId: callerOf(request).userId, roomId: request.params.roomId }, marks)
      return {}
    },
  )
}

function threadOf(threadId: unknown, type: Mark['type']): string | undefined {
  if (threadId === undefined) return undefined
  if (typeof threadId !== 'string' || threadId === '') throw refuse('receipts.thread_malformed')
  if (type === 'm.fully_read') throw refuse('receipts.thread_incompatible')
  return threadId
}
