import { integer, type Values } from '../../platform/config/settings.ts'
import type { Budget } from '../../platform/http/rate-limits.ts'

export const pushSettings = {
  unreadStatesMax: integer(
    'Rooms times people whose unread counts this node keeps in memory. The rest are read from their checkpoints.',
    200_000,
    { min: 100, max: 100_000_000 },
  ),
  peopleRemembered: integer(
    'People whose last change of push rules this node remembers, so that a sync without news costs no query.',
    50_000,
    { min: 100, max: 10_000_000 },
  ),
}

export type PushSettings = Values<typeof pushSettings>

/** A client that mutes many rooms sends one request for each. */
export const pushBudgets: Record<string, Budget> = {
  'push-rules': { perSecond: 5, burst: 200 },
  'push-pushers': { perSecond: 1, burst: 20 },
  'push-notifications': { perSecond: 2, burst: 20 },
}
