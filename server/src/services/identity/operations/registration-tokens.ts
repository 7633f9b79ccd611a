import type { Clock } from '../../../platform/clock.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Random } from '../../../platform/random.ts'
import type { IdentitySettings } from '../config.ts'

export type RegistrationToken = {
  token: string
  /** Undefined: any number of accounts. */
  usesAllowed: number | undefined
  /** Undefined: never. */
  expiresAtMs: number | undefined
}

type Deps = { db: Database; clock: Clock }

/** https://spec.matrix.org/v1.19/appendices/#opaque-identifiers */
const form = /^[0-9A-Za-z._~-]{1,64}$/

/** Makes a token, under a text of the operator's choice or a random one. Throws when the text is not of the form or taken. */
export async function createRegistrationToken(
  deps: Deps & { random: Random },
  wanted: Partial<RegistrationToken>,
): Promise<RegistrationToken> {
  const token = wanted.token ?? deps.random.text(16)
  if (!form.test(token)) throw new Error('a registration token has 1 to 64 letters, digits and . _ ~ -')
  const { usesAllowed, expiresAtMs } = wanted
  const made = await deps.db.run(sql`
    insert into identity.registration_token (token, uses_allowed, expires_at_ms, created_at_ms)
    values (${token}, ${usesAllowed ?? null}, ${expiresAtMs ?? null}, ${deps.clock.now()}) on conflict do nothing`)
  if (made === 0) throw new Error(`there is a registration token ${token} already`)
  return { token, usesAllowed, expiresAtMs }
}

export async function registrationTokenIsValid(deps: Deps, token: string): Promise<boolean> {
  if (!form.test(token)) return false
  const [found] = await deps.db.rows(sql`
    select 1 from identity.registration_token token where ${usable(token, deps.clock.now(), nobody)}`)
  return found !== undefined
}

/** Keeps one use of the token for a session, for as long as the session lives. False when the token is not valid. */
export async function reserveRegistrationToken(
  deps: Deps & { settings: Pick<IdentitySettings, 'interactiveSessionLifetime'> },
  token: string,
  sessionHash: Buffer,
): Promise<boolean> {
  if (!form.test(token)) return false
  const now = deps.clock.now()
  return deps.db.transaction(async (tx) => {
    if (!(await lock(tx, token))) return false
    const reserved = await tx.run(sql`
      insert into identity.registration_token_use (token, session_hash, reserved_until_ms)
      select token.token, ${sessionHash}, ${now + deps.settings.interactiveSessionLifetime}
      from identity.registration_token token where ${usable(token, now, sessionHash)}
      on conflict (token, session_hash) do update set reserved_until_ms = excluded.reserved_until_ms`)
    return reserved > 0
  })
}

/**
 * Spends the use that a session has reserved. Done just before the account is made: a node that dies in between leaves
 * the use with the session, which can go on, and never with a second person.
 */
export async function completeRegistrationToken(deps: Deps, sessionHash: Buffer): Promise<void> {
  await deps.db.run(sql`
    update identity.registration_token_use set completed_at_ms = ${deps.clock.now()}
    where session_hash = ${sessionHash} and completed_at_ms is null`)
}

/** Reservations of one token wait for each other, so that two cannot both take its last use. */
async function lock(tx: Tx, token: string): Promise<boolean> {
  const rows = await tx.rows(sql`select 1 from identity.registration_token where token = ${token} for update`)
  return rows.length > 0
}

const nobody = Buffer.alloc(0)

/** True in SQL while the token has a use left that is not kept for another session. */
function usable(token: string, now: number, sessionHash: Buffer) {
  return sql`token.token = ${token} and (token.expires_at_ms is null or token.expires_at_ms > ${now})
    and (token.uses_allowed is null or token.uses_allowed > (
      select count(*) from identity.registration_token_use use
      where use.token = token.token and use.session_hash <> ${sessionHash}
        and (use.completed_at_ms is not null or use.reserved_until_ms > ${now})))`
}
