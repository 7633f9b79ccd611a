import type { Presence } from '../presence/api.ts'

/** Nobody types and nobody is online: for a node without the presence service. */
export const quietPresence: Presence = {
  token: () => 'none',
  typing: () => new Map(),
  presence: async () => [],
  seen: () => undefined,
  onChange: () => () => undefined,
}
