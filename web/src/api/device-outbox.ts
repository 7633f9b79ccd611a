import { ClientEvent, type MatrixClient, type MatrixError, type MatrixEvent, RoomEvent } from 'matrix-js-sdk'
import { sites } from './connection.ts'
import { forget, keep, readAllKept } from './database.ts'
import { createOutbox, type OutboxEntry } from './outbox.ts'
import { uploadFile } from './upload.ts'

let client: MatrixClient | undefined

/** The outbox of this device. It waits until a client is attached. */
export const outbox = createOutbox({
  send: (entry) => send(attached(), entry),
  upload: (file, entry, onProgress) => uploadFile(attached(), file, entry, onProgress),
  isTransient,
  disk: {
    all: () => readAllKept<OutboxEntry>('outbox'),
    keep: (entry) => keep('outbox', entry.txnId, entry),
    forget: (txnId) => forget('outbox', txnId),
  },
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  newId: () => crypto.randomUUID(),
})

/** Begins to send what waits; to be called once, when the client knows its rooms. Returns what ends it. */
export function attachOutbox(running: MatrixClient): () => void {
  client = running
  const settle = (event: MatrixEvent) => {
    if (event.status === null)
      outbox.settle({ eventId: event.getId(), txnId: event.getUnsigned().transaction_id })
  }
  running.on(RoomEvent.Timeline, settle)
  const stop = sites.reach.subscribe(() => {
    if (sites.reach.get() !== 'offline') outbox.wake()
  })
  void outbox.start()
  return () => {
    running.off(RoomEvent.Timeline, settle)
    stop()
    client = undefined
  }
}

/** Rooms are encrypted from the answer to the first sync on: before, a message could leave in the clear. */
async function whenSynced(running: MatrixClient): Promise<void> {
  if (running.isInitialSyncComplete()) return
  await new Promise<void>((resolve) => {
    const look = () => {
      if (!running.isInitialSyncComplete()) return
      running.off(ClientEvent.Sync, look)
      resolve()
    }
    running.on(ClientEvent.Sync, look)
  })
}

async function send(running: MatrixClient, entry: OutboxEntry): Promise<string> {
  await whenSynced(running)
  const { roomId, txnId, type, content, threadId = null } = entry
  const room = running.getRoom(roomId)
  if (type === 'm.room.redaction') {
    const { event_id: redaction } = await running.redactEvent(roomId, String(content['redacts']), txnId)
    return redaction
  }
  const pending = room?.getEventForTxnId(txnId)
  const { event_id: eventId } =
    room && pending
      ? await running.resendEvent(pending, room)
      : await running.sendEvent(roomId, threadId, type as never, content as never, txnId)
  // The echo may have been faster than the answer.
  if (room?.findEventById(eventId)?.status === null) queueMicrotask(() => outbox.settle({ eventId, txnId }))
  return eventId
}

function attached(): MatrixClient {
  if (!client) throw new TypeError('nobody is signed in')
  return client
}

/** The line, a site that is moving, a limit on the rate: all of that passes. A refusal does not. */
function isTransient(error: unknown): boolean {
  const { httpStatus, name } = error as Partial<MatrixError>
  if (httpStatus !== undefined) return httpStatus >= 500 || httpStatus === 429 || httpStatus === 408
  return name === 'ConnectionError' || name === 'AbortError' || error instanceof TypeError
}
