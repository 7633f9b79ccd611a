import type { Budget } from '../../platform/http/rate-limits.ts'

/** An export reads everything that a person has; a broken one may be asked for again. */
export const exportsBudgets: Record<string, Budget> = { exports: { perSecond: 0.001, burst: 5 } }
