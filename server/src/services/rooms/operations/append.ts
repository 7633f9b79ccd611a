import type { Registry } from 'prom-client'
import { createBatcher } from '../../../platform/batch.ts'
import { violates } from '../../../platform/db/errors.ts'
import type { Random } from '../../../platform/random.ts'
import type { AppendRequest, EventDraft } from '../api.ts'
import { type AppendDeps, appendBatch } from '../append/append-batch.ts'
import type { Appended, DecideRequest, WriteRequest } from '../append/requests.ts'
import type { RoomView } from '../append/room-view.ts'
import { roomVersion } from '../protocol/room-versions.ts'
import { refuse } from '../refusals.ts'

export type Appender = {
  append(request: AppendRequest): Promise<Appended>
  /** Appends what `decide` makes of the room's state, which nobody else can change until it is written. */
  decide(request: DecideRequest): Promise<Appended>
  /**
   * Founds a room with its first events, the first of which is its m.room.create, all of them or none. The content of
   * the create event is completed with the room version and, where the version wants it, the creator.
   */
  found(request: { version: string; sender: string; drafts: readonly EventDraft[] }): Promise<Appended>
  /** Resolves when everything submitted so far is answered. */
  idle(): Promise<void>
}

const batchMax = 256
const waitingMax = 20_000
const keyBytesMax = 255

export function createAppender(
  deps: AppendDeps & { metrics: Registry; random: Random },
  options: { transactionLifetimeMs: number },
): Appender {
  const batcher = createBatcher<WriteRequest, Appended>(deps, {
    name: 'rooms_append',
    sizeMax: batchMax,
    waitingMax,
    run: (writes) => appendBatch(deps, writes, options),
  })

  return {
    async append(request) {
      requireUsableIds(request)
      return batcher.submit({ kind: 'append', request })
    },
    async decide({ roomId, sender, decide }) {
      requireUsableIds({ roomId, drafts: [] })
      const request = { roomId, sender, decide: (room: RoomView) => usable(decide(room)) }
      return batcher.submit({ kind: 'decide', request })
    },
    async found({ version: id, sender, drafts }) {
      const version = roomVersion(id)
      if (!version) throw refuse('rooms.version_unsupported')
      requireUsableKeys(drafts)
      const [create, ...rest] = drafts
      const content = {
        ...create?.content,
        room_version: id,
        ...(version.creatorInContent && { creator: sender }),
      }
      const founding = { type: 'm.room.create', stateKey: '', ...create, content }
      for (;;) {
        const roomId = version.roomIdFromCreateEvent
          ? undefined
          : `!${deps.random.text(18)}:${deps.signer.serverName}`
        try {
          return await batcher.submit({
            kind: 'found',
            request: { roomId, version: id, sender, drafts: [founding, ...rest] },
          })
        } catch (error) {
          // Another node has founded a room with the same id; the clock or the random text will differ next time.
          if (!violates(error, 'room_pkey')) throw error
        }
      }
    },
    idle: () => batcher.idle(),
  }
}

/** PostgreSQL refuses zero bytes in text and index entries that are too long: they must not break a whole batch. */
function requireUsableIds({
  roomId,
  drafts,
  transaction,
}: Pick<AppendRequest, 'roomId' | 'drafts' | 'transaction'>): void {
  if (roomId.includes('\0') || Buffer.byteLength(roomId) > keyBytesMax) throw refuse('rooms.forbidden')
  requireUsableKeys(drafts)
  if (!transaction) return
  const { txnId } = transaction
  if (txnId.includes('\0') || Buffer.byteLength(txnId) > keyBytesMax) throw refuse('rooms.parameter_invalid')
}

function usable(drafts: readonly EventDraft[]): readonly EventDraft[] {
  requireUsableKeys(drafts)
  return drafts
}

function requireUsableKeys(drafts: readonly EventDraft[]): void {
  for (const { type, stateKey = '' } of drafts)
    if (type.includes('\0') || stateKey.includes('\0')) throw refuse('rooms.parameter_invalid')
}
