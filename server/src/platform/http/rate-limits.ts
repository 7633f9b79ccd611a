import type { Clock } from '../clock.ts'
import { refuseHttp } from './refusals.ts'

/** A token bucket: `burst` requests at once, refilled at `perSecond`. */
export type Budget = { perSecond: number; burst: number }

export type RateLimits = {
  /** Draws one request of `budget` for `who`; throws `http.limit_exceeded` when it is used up. */
  draw(budget: string, who: string): void
}

type Bucket = { tokens: number; at: number }
const bucketsMax = 100_000

/** Budgets are per node and in memory: they protect this node, and forgetting them in a restart costs nothing. */
export function createRateLimits(
  deps: { clock: Clock },
  budgets: Record<string, Budget>,
  enabled: boolean,
): RateLimits {
  const buckets = new Map<string, Bucket>()

  return {
    draw(name, who) {
      if (!enabled) return
      const budget = budgets[name]
      if (!budget) throw new Error(`unknown rate budget: ${name}`)
      const now = deps.clock.now()
      const key = `${name} ${who}`
      const bucket = buckets.get(key) ?? { tokens: budget.burst, at: now }
      bucket.tokens = Math.min(budget.burst, bucket.tokens + ((now - bucket.at) * budget.perSecond) / 1000)
      bucket.at = now
      // Deleting first keeps the map in order of last use, so that the oldest bucket is the one to forget.
      buckets.delete(key)
      buckets.set(key, bucket)
      if (buckets.size > bucketsMax) buckets.delete(buckets.keys().next().value ?? key)
      if (bucket.tokens < 1) throw exceeded(((1 - bucket.tokens) / budget.perSecond) * 1000)
      bucket.tokens -= 1
    },
  }
}

function exceeded(waitMs: number) {
  const retryAfterMs = Math.ceil(waitMs)
  return refuseHttp('http.limit_exceeded', {
    extra: { retry_after_ms: retryAfterMs },
    retryAfterSeconds: Math.ceil(retryAfterMs / 1000),
  })
}
