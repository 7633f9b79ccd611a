import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Random } from '../../../platform/random.ts'
import type { IdentitySettings } from '../config.ts'
import { mintToken } from '../tokens.ts'

/**
 * A token with which another client logs in, once and soon, as the same person. The caller has proven themself for this very
 * token.
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv1loginget_token
 */
export async function createLoginToken(
  deps: {
    db: Database
    clock: Clock
    random: Random
    settings: Pick<IdentitySettings, 'loginTokenLifetime'>
  },
  userId: string,
): Promise<{ token: string; expiresInMs: number }> {
  const { token, hash } = mintToken(deps.random, 'login', userId)
  const expiresInMs = deps.settings.loginTokenLifetime
  await deps.db.run(sql`
    insert into identity.login_token (user_id, token_hash, expires_at_ms)
    values (${userId}, ${hash}, ${deps.clock.now() + expiresInMs})`)
  return { token, expiresInMs }
}
