import type { Database } from '../../platform/db/database.ts'
import { createReadCache } from '../../platform/read-cache.ts'
import type { Position } from '../../platform/stream/stream.ts'
import { loadRules } from './operations/load-rules.ts'
import { type CompiledRuleset, compileRuleset } from './rules/evaluate.ts'
import { NO_CHANGES, type RuleChanges } from './rules/ruleset.ts'

export type RulesInUse = {
  readonly changes: RuleChanges
  /** Of the last change, 0 when there was none. */
  readonly position: Position
  readonly compiled: CompiledRuleset
}

/** The rules of the people this node serves, as of its position in the stream. */
export type RulesCache = {
  of(userId: string): Promise<RulesInUse>
  /** Makes the next `of` read what is stored now. */
  forget(userId: string): void
}

const usersMax = 20_000

export function createRulesCache(deps: { db: Database }): RulesCache {
  const inUse = createReadCache<RulesInUse>({ max: usersMax })
  const unchanged: RulesInUse = { changes: NO_CHANGES, position: 0, compiled: compileRuleset(NO_CHANGES) }

  async function load(userId: string): Promise<RulesInUse> {
    const { changes, position } = await loadRules(deps.db, userId)
    return changes === NO_CHANGES ? unchanged : { changes, position, compiled: compileRuleset(changes) }
  }

  return {
    of: async (userId) => (await inUse.get(userId, userId, () => load(userId))) ?? unchanged,
    forget: (userId) => inUse.drop(userId),
  }
}
