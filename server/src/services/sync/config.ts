import { bytes, duration, integer, type Values } from '../../platform/config/settings.ts'
import type { Budget } from '../../platform/http/rate-limits.ts'

/** Sync's slice of the configuration. */
export const syncSettings = {
  timeoutMax: duration('Longest time a /sync waits for something new, whatever the client asks for.', 60_000),
  catchUpMax: duration(
    'How long a /sync with a token of another node waits for this node to have read that far.',
    5_000,
  ),
  timelineLimit: integer('Events per room when the filter names no limit.', 10, { min: 1, max: 100 }),
  timelineLimitMax: integer('Most events per room, whatever limit the filter names.', 100, {
    min: 1,
    max: 1000,
  }),
  toDeviceLimit: integer('Most to-device messages in one answer.', 100, { min: 1, max: 1000 }),
  filtersPerPersonMax: integer('Most filters kept for one person.', 500, { min: 1, max: 100_000 }),
  filterBytesMax: bytes('Largest filter, as JSON.', 64 * 1024),
  slidingListsMax: integer('Most lists in one sliding sync.', 100, { min: 1, max: 1000 }),
  slidingSubscriptionsMax: integer('Most room subscriptions in one sliding sync.', 100, {
    min: 1,
    max: 1000,
  }),
  slidingRangesMax: integer('Most ranges of one list of a sliding sync.', 20, { min: 1, max: 1000 }),
  slidingStateMax: integer('Most entries of one required_state of a sliding sync.', 200, {
    min: 1,
    max: 10_000,
  }),
  slidingFilterMax: integer('Most entries of one filter of a list of a sliding sync.', 200, {
    min: 1,
    max: 10_000,
  }),
  slidingConnectionsMax: integer('Sliding sync connections that one device may have.', 10, {
    min: 1,
    max: 1000,
  }),
  slidingConnectionLifetime: duration(
    'How long a sliding sync connection that nobody uses is remembered.',
    30 * 24 * 3_600_000,
  ),
  slidingMemoryRooms: integer('Rooms of sliding sync connections that this node keeps in memory.', 500_000, {
    min: 0,
    max: 100_000_000,
  }),
  lazyMembersMax: integer(
    'How many membership events this node remembers having sent to sessions that lazy-load members.',
    200_000,
    { min: 0, max: 10_000_000 },
  ),
}

/** A client that follows closely asks as often as something arrives; defining filters happens at start-up. */
export const syncBudgets: Record<string, Budget> = {
  'sync-read': { perSecond: 50, burst: 500 },
  'sync-filter': { perSecond: 1, burst: 50 },
}

export type SyncSettings = Values<typeof syncSettings>
