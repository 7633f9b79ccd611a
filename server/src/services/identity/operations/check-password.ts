import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { RateLimits } from '../../../platform/http/rate-limits.ts'
import { emailAddress, typedUserId } from '../names.ts'
import type { Passwords } from '../passwords.ts'
import { accountLocked, refuse } from '../refusals.ts'

import { emailOwner } from './email-owner.ts'

export type CheckPasswordDeps = {
  db: Database
  limits: RateLimits
  passwords: Passwords
  serverName: string
}

/**
 * The user id of the active account that has this password, undefined otherwise. Throws `identity.account_locked`, but only
 * for the right password. People that do not exist cost as much
 * time as those that do, and each account has a budget of attempts.
 */
export async function checkPassword(
  deps: CheckPasswordDeps,
  userId: string | undefined,
  password: string,
): Promise<string | undefined> {
  deps.limits.draw('passwords-account', userId ?? '')
  const [account] = await deps.db.rows<{ hash: string | null; locked: boolean }>(sql`
    select password_hash as hash, locked_at_ms is not null as locked from identity.account where user_id = ${userId ?? ''} and deactivated_at_ms is null`)
  const hash = account?.hash
  if (!(await deps.passwords.matches(password, hash)) || !hash || userId === undefined) return undefined
  if (account?.locked) throw accountLocked()
  if (deps.passwords.isStale(hash)) await renewHash(deps, userId, password, hash)
  return userId
}

/** The same for whoever needs to know who it is: throws `identity.login_failed` for everybody else. */
export async function provePassword(
  deps: CheckPasswordDeps,
  name: string,
  password: string,
): Promise<string> {
  const user = await identifiedUser(deps, { type: 'm.id.user', user: name })
  const userId = await checkPassword(deps, user, password)
  if (userId === undefined) throw refuse('identity.login_failed')
  return userId
}

/** Hashes made with older costs are made anew when their password passes by. */
async function renewHash(
  deps: CheckPasswordDeps,
  userId: string,
  password: string,
  stale: string,
): Promise<void> {
  const fresh = await deps.passwords.hash(password)
  await deps.db.run(sql`
    update identity.account set password_hash = ${fresh} where user_id = ${userId} and password_hash = ${stale}`)
}

export type UserIdentifier = { type?: unknown; user?: unknown; medium?: unknown; address?: unknown }

/**
 * The local user id that an identifier names; undefined when it can be nobody here, and for phone numbers, which no
 * account has.
 * https://spec.matrix.org/v1.19/client-server-api/#identifier-types
 */
export async function identifiedUser(
  { db, serverName }: CheckPasswordDeps,
  identifier: UserIdentifier,
): Promise<string | undefined> {
  switch (identifier.type) {
    case 'm.id.user':
      if (typeof identifier.user !== 'string') throw refuse('identity.parameter_missing', 'identifier.user')
      return typedUserId(identifier.user, serverName)
    case 'm.id.thirdparty':
      return identifier.medium === 'email' && typeof identifier.address === 'string'
        ? emailOwner(db, emailAddress(identifier.address))
        : undefined
    case 'm.id.phone':
      return undefined
    default:
      throw refuse('identity.identifier_unknown')
  }
}
