import { bytes, integer, type Values } from '../../platform/config/settings.ts'
import type { Budget } from '../../platform/http/rate-limits.ts'

export const accountDataSettings = {
  contentBytesMax: bytes('Largest content of one type of account data.', 512 * 1024),
  peopleRemembered: integer(
    'People whose newest account data each node remembers, so that a sync without news costs no query.',
    100_000,
    { min: 100, max: 10_000_000 },
  ),
}

export type AccountDataSettings = Values<typeof accountDataSettings>

export const accountDataBudgets: Record<string, Budget> = {
  'account-data-write': { perSecond: 20, burst: 400 },
}
