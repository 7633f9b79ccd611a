import { duration, flag, integer, type Values } from '../../platform/config/settings.ts'
import type { Budget } from '../../platform/http/rate-limits.ts'

export const presenceSettings = {
  enabled: flag('Whether people see who is online. Typing notices are shown in any case.', true),
  idleAfter: duration('Without activity for this long an online person is shown as unavailable.', 300_000),
  offlineAfter: duration(
    'A person whose devices have not begun a /sync for this long is shown as offline. Longer than a /sync waits.',
    90_000,
  ),
  typingMax: duration('Longest time that one typing notice lasts, whatever the client asks for.', 120_000),
  peopleRemembered: integer('People whose presence a node keeps in memory.', 200_000, {
    min: 100,
    max: 10_000_000,
  }),
}

export type PresenceSettings = Values<typeof presenceSettings>

export const presenceBudgets: Record<string, Budget> = {
  typing: { perSecond: 5, burst: 50 },
  'presence-write': { perSecond: 1, burst: 20 },
}
