import type { Keys } from '../keys/api.ts'
import type { Presence } from '../presence/api.ts'
import type { Push } from '../push/api.ts'
import type { Receipts } from '../receipts/api.ts'

export const quietReceipts: Receipts = {
  changes: async () => new Map(),
  ofUser: async () => new Map(),
  present: () => ({}),
}
export const quietPresence: Presence = {
  token: () => 'x',
  typing: () => new Map(),
  presence: async () => [],
  seen: () => undefined,
  onChange: () => () => undefined,
}
export const quietKeys: Keys = {
  changedUsers: async () => new Set(),
  counts: async () => ({ oneTimeKeys: {}, unusedFallbackTypes: [] }),
  countsChanged: () => false,
}
export const quietPush: Push = {
  unreadCounts: async () => new Map(),
  pushRules: async () => ({ global: {} }),
  pushRulesChanged: async () => false,
}
