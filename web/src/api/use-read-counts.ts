import type { MatrixEvent, Room } from 'matrix-js-sdk'
import { useMemo } from 'react'
import { useClient } from './client-context.ts'
import { unreadCounts } from './read-counts.ts'

/** How many people have not read a message yet, by event id. */
export function useReadCounts(
  room: Room,
  events: readonly MatrixEvent[],
  version: string,
): ReadonlyMap<string, number> {
  const me = useClient().getSafeUserId()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that receipts may have moved.
  return useMemo(() => {
    const counts = unreadCounts(
      events.map((event) => ({ sender: event.getSender() ?? '' })),
      positions(room, events, me),
      room.getJoinedMemberCount() - 1,
      me,
    )
    return new Map(events.map((event, index) => [event.getId() ?? '', counts[index] ?? 0]))
  }, [room, events, version, me])
}

function positions(room: Room, events: readonly MatrixEvent[], me: string): Map<string, number> {
  const indexOf = new Map(events.map((event, index) => [event.getId() ?? '', index]))
  const found = new Map<string, number>()
  for (const { userId } of room.getJoinedMembers()) {
    if (userId === me) continue
    const receipt = room.getReadReceiptForUserId(userId)
    if (!receipt) continue
    // A receipt for what is not in this list, such as an answer in a thread, counts by its time.
    const index =
      indexOf.get(receipt.eventId) ?? events.findLastIndex((event) => event.getTs() <= receipt.data.ts)
    found.set(userId, index)
  }
  return found
}
