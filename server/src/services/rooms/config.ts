import { bytes, duration, integer, type Values } from '../../platform/config/settings.ts'
import type { Budget } from '../../platform/http/rate-limits.ts'

/** What an operator can set about rooms. */
export const roomsSettings = {
  stateCacheBytes: bytes('Memory for the current state of rooms in use.', 128 * 1024 ** 2),
  timelineCacheBytes: bytes('Memory for the newest events of all rooms.', 64 * 1024 ** 2),
  timelineCacheEvents: integer('Most events kept in memory, whatever their size.', 50_000, {
    min: 100,
    max: 10_000_000,
  }),
  membershipCacheUsers: integer('People whose room lists are kept in memory.', 20_000, {
    min: 10,
    max: 10_000_000,
  }),
  digestCacheRooms: integer('Rooms of which the order, type and encryption are kept in memory.', 100_000, {
    min: 10,
    max: 10_000_000,
  }),
  sendsPerSecond: integer('Events that one account may send per second, in the long run.', 10, {
    min: 1,
    max: 100_000,
  }),
  sendsBurst: integer('Events that one account may send at once after a pause.', 50, {
    min: 1,
    max: 100_000,
  }),
  transactionLifetime: duration(
    'How long a repeated send with the same transaction id is recognised.',
    7 * 24 * 3_600_000,
  ),
}

export type RoomsSettings = Values<typeof roomsSettings>

/**
 * The rate budgets of rooms: what a person may send and change, counted per account. Reading the directory, which
 * needs no account, is counted per address.
 */
export function roomsBudgets(settings: RoomsSettings): Record<string, Budget> {
  return {
    'rooms-send': { perSecond: settings.sendsPerSecond, burst: settings.sendsBurst },
    'rooms-create': { perSecond: 1, burst: 50 },
    'rooms-membership': { perSecond: 10, burst: 100 },
    'rooms-directory': { perSecond: 10, burst: 100 },
    'rooms-report': { perSecond: 0.1, burst: 20 },
  }
}
