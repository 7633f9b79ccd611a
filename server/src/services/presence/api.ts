import type { JsonObject } from '../../platform/json.ts'

/**
 * Typing notices and presence: soft state, spread between nodes by the bus and rebuilt from nothing.
 * A `SoftToken` is part of a sync token: what this node has already shown. A token of another node (or of this
 * node before a restart) means "show what is current".
 */
export type SoftToken = string

export type Presence = {
  /** The token for now. */
  token(): SoftToken
  /** m.typing content per room of `roomIds` whose typing list changed since `since`. */
  typing(roomIds: Iterable<string>, since: SoftToken | undefined): Map<string, JsonObject>
  /** m.presence events of people who share a room with the viewer and changed since `since`. */
  presence(viewer: string, sharing: ReadonlySet<string>, since: SoftToken | undefined): Promise<JsonObject[]>
  /** Said by /sync's set_presence and by activity. */
  seen(userId: string, setPresence: 'online' | 'unavailable' | 'offline'): void
  /** Calls `listener` with what changed: rooms whose typing list, people whose presence. */
  onChange(listener: (change: { roomId?: string; userId?: string }) => void): () => void
}
