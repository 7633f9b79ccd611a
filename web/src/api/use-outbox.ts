import { useMemo } from 'react'
import { outbox } from './device-outbox.ts'
import type { OutboxEntry } from './outbox.ts'
import { useStore } from './use-store.ts'

/** How many messages wait for a connection. */
export function useOutboxCount(): number {
  return useStore(outbox.entries).filter(({ state }) => state === 'waiting' || state === 'sending').length
}

/** What was sent to a chat, and its timeline does not have yet. */
export function useOutboxOf(roomId: string): readonly OutboxEntry[] {
  const entries = useStore(outbox.entries)
  return useMemo(() => entries.filter((entry) => entry.roomId === roomId), [entries, roomId])
}
