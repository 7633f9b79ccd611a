import { bytes, duration, integer, type Setting, text, type Values } from '../../platform/config/settings.ts'
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
  noticesLocalpart: localpart(
    'Name of the account in which the server itself speaks to people. It is made with the first notice and has no password.',
    'server-notices',
  ),
  noticesRoomName: text(
    'Name of the room in which the server speaks to a person, and of who speaks there.',
    'Server notices',
  ),
  retentionDefault: duration(
    'How long messages are kept in rooms that do not say so themselves (m.room.retention). 0: for good.',
    0,
  ),
  retentionMin: duration('No room can have its messages removed sooner than this.', 24 * 3_600_000),
  retentionMax: duration('No room can keep its messages for longer than this. 0: as long as it likes.', 0),
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

/** Of a user id. https://spec.matrix.org/v1.19/appendices/#user-identifiers */
function localpart(doc: string, fallback: string): Setting<string> {
  const plain = text(doc, fallback)
  return {
    ...plain,
    read(raw) {
      const name = plain.read(raw)
      if (!/^[a-z0-9._=/+-]{1,100}$/.test(name)) throw new Error('must be small letters, digits and ._=/+-')
      return name
    },
  }
}
