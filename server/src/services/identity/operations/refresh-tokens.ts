import type { Clock } from '../../../platform/clock.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { accountLocked, tokenExpired, tokenUnknown } from '../refusals.ts'
import { readToken } from '../tokens.ts'
import { issueTokens, type OpenSessionDeps, type Tokens } from './open-session.ts'

/**
 * New tokens for a refresh token. The old ones stay good until a new one is used, so a client that never saw the answer
 * repeats the request; the pair it never saw is then withdrawn.
 * https://spec.matrix.org/v1.19/client-server-api/#refreshing-access-tokens
 */
export async function refreshTokens(
  deps: OpenSessionDeps & { db: Database; serverName: string },
  refreshToken: string,
): Promise<Tokens> {
  const read = readToken('refresh', refreshToken, deps.serverName)
  if (!read) throw tokenUnknown()
  const { userId, hash } = read
  return deps.db.transaction(async (tx) => {
    const [pair] = await tx.rows<{ accessHash: Buffer; deviceId: string; revokedAtMs: number | null }>(sql`
      select access_hash as "accessHash", device_id as "deviceId", refresh_revoked_at_ms as "revokedAtMs"
      from identity.token_pair where user_id = ${userId} and refresh_hash = ${hash} for update`)
    if (!pair) throw tokenUnknown()
    if (await isLocked(tx, userId)) throw accountLocked()
    // The device still has its session, under the tokens that came after this one.
    if (pair.revokedAtMs !== null) throw tokenExpired()
    await confirmIn(deps, tx, userId, pair.accessHash)
    await tx.run(sql`
      delete from identity.token_pair where user_id = ${userId} and replaces_access_hash = ${pair.accessHash}`)
    return issueTokens(deps, tx, {
      userId,
      deviceId: pair.deviceId,
      refreshable: true,
      replaces: pair.accessHash,
    })
  })
}

/**
 * The first use of a refreshed access token: from here on the refresh token that gave it is void. False when the access
 * token has been withdrawn meanwhile.
 */
export async function confirmRefresh(
  deps: { db: Database; clock: Clock },
  userId: string,
  accessHash: Buffer,
): Promise<boolean> {
  return deps.db.transaction((tx) => confirmIn(deps, tx, userId, accessHash))
}

async function confirmIn(
  deps: { clock: Clock },
  tx: Tx,
  userId: string,
  accessHash: Buffer,
): Promise<boolean> {
  await tx.run(sql`
    update identity.token_pair earlier set refresh_revoked_at_ms = ${deps.clock.now()}
    from identity.token_pair used
    where used.user_id = ${userId} and used.access_hash = ${accessHash}
      and earlier.user_id = ${userId} and earlier.access_hash = used.replaces_access_hash
      and earlier.refresh_revoked_at_ms is null`)
  const touched = await tx.run(sql`
    update identity.token_pair set replaces_access_hash = null
    where user_id = ${userId} and access_hash = ${accessHash}`)
  return touched > 0
}

async function isLocked(tx: Tx, userId: string): Promise<boolean> {
  const rows = await tx.rows(sql`
    select 1 from identity.account where user_id = ${userId} and locked_at_ms is not null`)
  return rows.length > 0
}
