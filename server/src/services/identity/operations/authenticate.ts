import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Caller } from '../../../platform/http/access.ts'
import { createReadCache } from '../../../platform/read-cache.ts'
import type { Position, Stream } from '../../../platform/stream/stream.ts'
import type { Actor } from '../api.ts'
import { accountLocked, refuse, tokenExpired, tokenUnknown } from '../refusals.ts'
import { type ReadToken, readToken } from '../tokens.ts'
import { sessionsTopic } from './end-sessions.ts'
import type { LastSeen } from './last-seen.ts'
import { confirmRefresh } from './refresh-tokens.ts'

type Session = { caller: Caller; expiresAtMs: number | undefined; locked: boolean }

export type Authentication = {
  /** Throws `identity.account_locked` for a locked account unless `evenLocked` lets it pass. */
  authenticate(token: string, address?: string, options?: { evenLocked: boolean }): Promise<Caller>
  /** See `Identity`. */
  actAs(actor: Actor, address?: string, options?: { evenLocked: boolean }): Promise<Caller>
  /** Called after the commit of an end of sessions: this node forgets them at once, the stream tells the others. */
  ended(userId: string, position: Position): void
}

const sessionsMax = 50_000

/**
 * Answers who a token belongs to, from memory as a rule. A session that ends writes a stream row in the same
 * transaction, so every node forgets it when its stream moves on: within milliseconds, and within one poll
 * interval when the wake-up is lost.
 */
export function createAuthentication(deps: {
  db: Database
  clock: Clock
  stream: Stream
  lastSeen: LastSeen
  serverName: string
}): Authentication {
  const sessions = createReadCache<Session>({ max: sessionsMax })
  deps.stream.follow(sessionsTopic, async (after, upTo) => {
    const ended = await deps.db.rows<{ userId: string }>(sql`
      select distinct user_id as "userId" from identity.session_end where position > ${after} and position <= ${upTo}`)
    for (const { userId } of ended) sessions.drop(userId)
    // Their waiting syncs look whether they are still logged in.
    return { users: ended.map(({ userId }) => userId) }
  })

  function note({ userId, deviceId }: Caller, address: string | undefined): void {
    if (deviceId !== undefined) deps.lastSeen.note(userId, deviceId, address)
  }

  return {
    async authenticate(token, address, options) {
      const read = readToken('access', token, deps.serverName)
      if (!read) throw tokenUnknown()
      const session = await sessions.get(read.userId, read.hash.toString('base64'), () =>
        loadSession(deps, read),
      )
      if (!session) throw tokenUnknown()
      if (session.locked && !options?.evenLocked) throw accountLocked()
      const now = deps.clock.now()
      if (session.expiresAtMs !== undefined && session.expiresAtMs <= now) throw tokenExpired()
      note(session.caller, address)
      return session.caller
    },
    async actAs(actor, address, options) {
      const key = JSON.stringify([actor.sessionId, actor.deviceId])
      const session = await sessions.get(actor.userId, key, () => loadActor(deps, actor))
      if (!session) throw refuse('identity.actor_unknown')
      if (session.locked && !options?.evenLocked) throw accountLocked()
      note(session.caller, address)
      return session.caller
    },
    ended(userId, position) {
      sessions.drop(userId)
      deps.stream.committed(position)
    },
  }
}

type Row = {
  deviceId: string
  sessionId: string
  kind: 'user' | 'guest'
  expiresAtMs: number | null
  replaces: Buffer | null
  locked: boolean
  suspended: boolean
}

async function loadSession(
  deps: { db: Database; clock: Clock },
  { userId, hash }: ReadToken,
): Promise<Session | undefined> {
  const [row] = await deps.db.rows<Row>(sql`
    select pair.device_id as "deviceId", device.session_id as "sessionId", account.kind,
      pair.access_expires_at_ms as "expiresAtMs", pair.replaces_access_hash as replaces,
      account.locked_at_ms is not null as locked, account.suspended_at_ms is not null as suspended
    from identity.token_pair pair
    join identity.device device on device.user_id = pair.user_id and device.device_id = pair.device_id
    join identity.account account on account.user_id = pair.user_id
    where pair.user_id = ${userId} and pair.access_hash = ${hash}`)
  if (!row) return undefined
  if (row.replaces && !(await confirmRefresh(deps, userId, hash))) return undefined
  return {
    caller: {
      userId,
      deviceId: row.deviceId,
      guest: row.kind === 'guest',
      sessionId: row.sessionId,
      suspended: row.suspended,
    },
    locked: row.locked,
    expiresAtMs: row.expiresAtMs ?? undefined,
  }
}

type ActorRow = Pick<Row, 'kind' | 'locked' | 'suspended'> & { sessionId: string | null }

/** Undefined when the person has no account. */
async function loadActor(
  { db }: { db: Database },
  { userId, deviceId, sessionId }: Actor,
): Promise<Session | undefined> {
  if (deviceId?.includes('\0')) throw refuse('identity.actor_device_unknown')
  const [row] = await db.rows<ActorRow>(sql`
    select account.kind, account.locked_at_ms is not null as locked, account.suspended_at_ms is not null as suspended,
      device.session_id as "sessionId"
    from identity.account account
    left join identity.device device on device.user_id = account.user_id and device.device_id = ${deviceId ?? null}
    where account.user_id = ${userId} and account.deactivated_at_ms is null`)
  if (!row) return undefined
  if (deviceId !== undefined && row.sessionId === null) throw refuse('identity.actor_device_unknown')
  const guest = row.kind === 'guest'
  const caller = { userId, deviceId, guest, sessionId: row.sessionId ?? sessionId, suspended: row.suspended }
  return { caller, locked: row.locked, expiresAtMs: undefined }
}
