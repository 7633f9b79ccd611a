import type { Clock } from '../../../platform/clock.ts'
import type { Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Random } from '../../../platform/random.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import type { IdentitySettings } from '../config.ts'
import { mintToken } from '../tokens.ts'
import { announceSessionEnd } from './end-sessions.ts'

/** What a client asks for when it registers or logs in. */
export type SessionRequest = {
  /** Undefined: a new device under an id of our choice. */
  deviceId: string | undefined
  /** Name of the device if it is new. */
  displayName: string | undefined
  /** The client can refresh its access token, which then expires. */
  refreshable: boolean
}

export type Tokens = {
  accessToken: string
  refreshToken: string | undefined
  expiresInMs: number | undefined
}

export type OpenedSession = Tokens & {
  userId: string
  deviceId: string
  /** Position to announce after the commit, when tokens given out earlier for the device have ended. */
  endedAt: number | undefined
}

export type OpenSessionDeps = {
  clock: Clock
  random: Random
  stream: Stream
  settings: Pick<IdentitySettings, 'accessTokenLifetime'>
}

export function newDeviceId(random: Random): string {
  return random.text(10, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')
}

/**
 * Gives tokens for a device of the person, inside the caller's transaction, whose last step it must be. Tokens that the
 * device had before end.
 * https://spec.matrix.org/v1.19/client-server-api/#relationship-between-access-tokens-and-devices
 */
export async function openSession(
  deps: OpenSessionDeps,
  tx: Tx,
  userId: string,
  request: SessionRequest,
): Promise<OpenedSession> {
  const deviceId = request.deviceId ?? newDeviceId(deps.random)
  await tx.run(sql`
    insert into identity.device (user_id, device_id, session_id, display_name, created_at_ms)
    values (${userId}, ${deviceId}, ${deps.random.text(16)}, ${request.displayName ?? null}, ${deps.clock.now()})
    on conflict (user_id, device_id) do nothing`)
  const ended = await tx.run(
    sql`delete from identity.token_pair where user_id = ${userId} and device_id = ${deviceId}`,
  )
  const tokens = await issueTokens(deps, tx, {
    userId,
    deviceId,
    refreshable: request.refreshable,
    replaces: undefined,
  })
  const endedAt = ended > 0 ? await announceSessionEnd(deps, tx, userId) : undefined
  return { ...tokens, userId, deviceId, endedAt }
}

/** Adds a pair of tokens; `replaces` names, by the hash of its access token, the pair that was refreshed. */
export async function issueTokens(
  deps: OpenSessionDeps,
  tx: Tx,
  pair: { userId: string; deviceId: string; refreshable: boolean; replaces: Buffer | undefined },
): Promise<Tokens> {
  const now = deps.clock.now()
  const access = mintToken(deps.random, 'access', pair.userId)
  const refresh = pair.refreshable ? mintToken(deps.random, 'refresh', pair.userId) : undefined
  const expiresInMs = refresh ? deps.settings.accessTokenLifetime : undefined
  await tx.run(sql`
    insert into identity.token_pair
      (user_id, access_hash, refresh_hash, device_id, created_at_ms, access_expires_at_ms, replaces_access_hash)
    values (${pair.userId}, ${access.hash}, ${refresh?.hash ?? null}, ${pair.deviceId}, ${now},
      ${expiresInMs === undefined ? null : now + expiresInMs}, ${pair.replaces ?? null})`)
  return { accessToken: access.token, refreshToken: refresh?.token, expiresInMs }
}
