import type { Caller } from '../../platform/http/access.ts'
import type { SlidingSyncBody } from './sliding/request.ts'

/** What a client asks of /sync; `since` and `filter` as it sent them. */
export type SyncRequest = {
  caller: Caller
  since: string | undefined
  filter: string | undefined
  fullState: boolean
  useStateAfter: boolean
  setPresence: 'online' | 'unavailable' | 'offline'
  timeoutMs: number
  /** Throws when the session has ended since the request began: it gets nothing of what came after that. */
  stillAllowed(): Promise<unknown>
  /** Aborted when the client has gone away. */
  gone: AbortSignal
}

/** What a client asks of a sliding sync; the body as it sent it. */
export type SlidingSyncRequest = Pick<
  SyncRequest,
  'caller' | 'setPresence' | 'timeoutMs' | 'stillAllowed' | 'gone'
> & { body: SlidingSyncBody }

export type Sync = {
  /** The body of the answer, as JSON text. Waits for something new as the request asks. */
  sync(request: SyncRequest): Promise<string>
  /** As `sync`, for the rooms that the request's lists and subscriptions choose. */
  slidingSync(request: SlidingSyncRequest): Promise<string>
  /** Ends all waits, and those to come at once, until `resume`: for draining the node. */
  drain(): void
  resume(): void
}
