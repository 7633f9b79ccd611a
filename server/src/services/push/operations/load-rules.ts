import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import { NO_CHANGES, type RuleChanges } from '../rules/ruleset.ts'

/** `position` is that of the last change, 0 when there was none. */
export type StoredRules = { changes: RuleChanges; position: Position }

export async function loadRules(db: Database | Tx, userId: string): Promise<StoredRules> {
  const [row] = await db.rows<StoredRules>(
    sql`select changes, position from push.ruleset where user_id = ${userId}`,
  )
  return row ?? { changes: NO_CHANGES, position: 0 }
}

/** Whose rules changed in `(after, upTo]`, with the position of the last change. */
export async function changedRulesets(
  db: Database,
  after: Position,
  upTo: Position,
): Promise<{ userId: string; position: Position }[]> {
  return db.rows(sql`
    select user_id as "userId", position from push.ruleset where position > ${after} and position <= ${upTo}`)
}
