import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Random } from '../../../platform/random.ts'
import { tokenUnknown } from '../refusals.ts'
import { mintToken, readToken } from '../tokens.ts'

const lifetimeMs = 3_600_000

/**
 * A token that shows to other services whose it is, and nothing more.
 * https://spec.matrix.org/v1.19/client-server-api/#openid
 */
export async function createOpenidToken(
  deps: { db: Database; clock: Clock; random: Random },
  userId: string,
): Promise<{ token: string; expiresInMs: number }> {
  const { token, hash } = mintToken(deps.random, 'openid', userId)
  await deps.db.run(sql`
    insert into identity.openid_token (user_id, token_hash, expires_at_ms)
    values (${userId}, ${hash}, ${deps.clock.now() + lifetimeMs})`)
  return { token, expiresInMs: lifetimeMs }
}

/** Whose token it is. Throws `identity.token_unknown` when it has expired, or its owner may not use their account. */
export async function openidTokenOwner(
  deps: { db: Database; clock: Clock; serverName: string },
  token: string,
): Promise<string> {
  const read = readToken('openid', token, deps.serverName)
  if (!read) throw tokenUnknown()
  const rows = await deps.db.rows(sql`
    select 1 from identity.openid_token join identity.account using (user_id)
    where user_id = ${read.userId} and token_hash = ${read.hash} and expires_at_ms > ${deps.clock.now()}
      and deactivated_at_ms is null and locked_at_ms is null`)
  if (rows.length === 0) throw tokenUnknown()
  return read.userId
}
