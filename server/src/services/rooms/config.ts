import { bytes, duration, integer, type Values } from '../../platform/config/settings.ts'

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
  transactionLifetime: duration(
    'How long a repeated send with the same transaction id is recognised.',
    7 * 24 * 3_600_000,
  ),
}

export type RoomsSettings = Values<typeof roomsSettings>
