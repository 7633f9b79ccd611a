import type { Budget } from '../../platform/http/rate-limits.ts'

export const searchBudgets: Record<string, Budget> = {
  'search-messages': { perSecond: 2, burst: 20 },
}
