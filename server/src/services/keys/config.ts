import { bytes, duration, integer, type Values } from '../../platform/config/settings.ts'
import type { Budget } from '../../platform/http/rate-limits.ts'

export const keysSettings = {
  keyBytesMax: bytes('Largest key object: device keys, a cross-signing key, a one-time key.', 16 * 1024),
  oneTimeKeysMax: integer('Most unclaimed one-time keys of one device.', 1000, { min: 50, max: 100_000 }),
  claimedKeysKept: duration(
    'How long a one-time key that was given out is known, so that repeating its upload cannot bring it back.',
    30 * 86_400_000,
  ),
  remembered: integer(
    'People and devices whose newest change each node remembers, so that a sync without news costs no query.',
    100_000,
    { min: 100, max: 10_000_000 },
  ),
  countsRemembered: integer('People whose key counts each node remembers.', 50_000, {
    min: 100,
    max: 10_000_000,
  }),
  backupVersionsMax: integer('Most backup versions of one person that are not deleted.', 100, {
    min: 1,
    max: 10_000,
  }),
  backupKeysMax: integer('Most keys in one backup.', 1_000_000, { min: 100, max: 100_000_000 }),
  backupKeyBytesMax: bytes('Largest `session_data` of a key in a backup.', 64 * 1024),
}

export type KeysSettings = Values<typeof keysSettings>

export const keysBudgets: Record<string, Budget> = {
  'keys-write': { perSecond: 10, burst: 200 },
  'keys-read': { perSecond: 20, burst: 500 },
  'keys-claim': { perSecond: 20, burst: 500 },
  'keys-backup': { perSecond: 20, burst: 500 },
}
