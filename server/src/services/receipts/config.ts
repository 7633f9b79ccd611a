import { integer, type Values } from '../../platform/config/settings.ts'
import type { Budget } from '../../platform/http/rate-limits.ts'

export const receiptsSettings = {
  receiptsRemembered: integer(
    'Newest receipts of all rooms that each node remembers, so that syncs read them without a query.',
    50_000,
    { min: 100, max: 10_000_000 },
  ),
}

export type ReceiptsSettings = Values<typeof receiptsSettings>

export const receiptsBudgets: Record<string, Budget> = {
  'receipts-write': { perSecond: 20, burst: 200 },
}
