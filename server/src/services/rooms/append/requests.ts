import type { AppendRequest, EventDraft } from '../api.ts'
import type { RoomView } from './room-view.ts'

/** The first events of a room that does not exist yet; the first draft is its m.room.create. */
export type FoundRequest = {
  /** Given in versions that do not make the room id from the create event. */
  roomId: string | undefined
  version: string
  sender: string
  drafts: readonly EventDraft[]
}

/** Events that depend on the state of the room. */
export type DecideRequest = {
  roomId: string
  sender: string
  /**
   * Gives the drafts to append to the room as it stands under its lock, none if there is nothing to do; or throws a
   * refusal. Called again when the batch is run again. The drafts must not relate to other events.
   */
  decide(room: RoomView): readonly EventDraft[]
}

export type WriteRequest =
  | { kind: 'append'; request: AppendRequest }
  | { kind: 'decide'; request: DecideRequest }
  | { kind: 'found'; request: FoundRequest }

/** What an append gives: the events' ids and the position of the last of them, or of the state if there were none. */
export type Appended = { roomId: string; eventIds: string[]; position: number }

type Transaction = { roomId: string; sessionId: string; scope: string; txnId: string }

export function transactionOf(write: WriteRequest): Transaction | undefined {
  if (write.kind !== 'append' || !write.request.transaction) return undefined
  return { roomId: write.request.roomId, ...write.request.transaction }
}

/** One text per transaction, for use as a key in memory. */
export function transactionKey({ roomId, sessionId, scope, txnId }: Transaction): string {
  return [roomId, sessionId, scope, txnId].join('\0')
}
