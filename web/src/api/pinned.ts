import type { Room } from 'matrix-js-sdk'

/** The messages that are pinned in a room, the last one pinned last. */
export function pinnedIds(room: Room): readonly string[] {
  const content: Record<string, unknown> =
    room.currentState.getStateEvents('m.room.pinned_events', '')?.getContent() ?? {}
  const { pinned } = content
  return Array.isArray(pinned) ? pinned.filter((id) => typeof id === 'string') : []
}

export function isPinned(room: Room, eventId: string): boolean {
  return pinnedIds(room).includes(eventId)
}

export async function setPinnedMessage(room: Room, eventId: string, pinned: boolean): Promise<void> {
  const others = pinnedIds(room).filter((id) => id !== eventId)
  await room.client.sendStateEvent(
    room.roomId,
    'm.room.pinned_events' as never,
    {
      pinned: pinned ? [...others, eventId] : others,
    } as never,
  )
}
