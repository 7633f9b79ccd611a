import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Position, Stream } from '../../../platform/stream/stream.ts'
import { refuse } from '../refusals.ts'
import { isWithinLimits } from '../rules/rule-limits.ts'
import { NO_CHANGES, type RuleChanges } from '../rules/ruleset.ts'
import { loadRules } from './load-rules.ts'

/**
 * Changes a person's rules with `change`, which may throw a refusal. Changes of the same person's rules follow one
 * another. One that changes nothing, such as a request sent again, is not shown to the person's clients.
 */
export async function changeRules(
  deps: { db: Database; stream: Stream },
  userId: string,
  change: (changes: RuleChanges) => RuleChanges,
): Promise<void> {
  const position = await deps.db.transaction(async (tx): Promise<Position | undefined> => {
    const earlier = await lockRules(tx, userId)
    const changed = change(earlier)
    const text = JSON.stringify(changed)
    if (text === JSON.stringify(earlier)) return undefined
    if (!isWithinLimits(changed)) throw refuse('push.ruleset_full')
    const given = await deps.stream.allocate(tx, 'push', 1)
    await tx.run(sql`
      update push.ruleset set changes = ${text}, position = ${given} where user_id = ${userId}`)
    return given
  })
  if (position !== undefined) deps.stream.committed(position)
}

/** Position 0 marks a row that was made for its lock and has not been filled yet. */
async function lockRules(tx: Tx, userId: string): Promise<RuleChanges> {
  await tx.run(sql`
    insert into push.ruleset (user_id, changes, position) values (${userId}, ${JSON.stringify(NO_CHANGES)}, 0)
    on conflict (user_id) do nothing`)
  await tx.run(sql`select from push.ruleset where user_id = ${userId} for update`)
  return (await loadRules(tx, userId)).changes
}
