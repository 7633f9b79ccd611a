import { createHash } from 'node:crypto'
import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Random } from '../../../platform/random.ts'

export type VisitDeps = { db: Database; clock: Clock; random: Random }

/** Long enough to pay, short enough for a borrowed phone. */
const visitMs = 15 * 60_000
const cookieName = 'dure_checkout'

/** A person who signed in at a page to pay. What their browser keeps is random, and only its hash is here. */
export type Visit = { userId: string; secret: string }

export async function openVisit({ db, clock, random }: VisitDeps, userId: string): Promise<string> {
  const secret = random.text(43)
  await db.run(sql`
    insert into checkout.visit (hash, user_id, ends_ms) values (${hashOf(secret)}, ${userId}, ${clock.now() + visitMs})`)
  return secret
}

export async function visitOf(
  { db, clock }: VisitDeps,
  cookies: string | undefined,
): Promise<Visit | undefined> {
  const secret = new RegExp(`(?:^|; *)${cookieName}=([A-Za-z0-9]{43})(?:;|$)`).exec(cookies ?? '')?.[1]
  if (secret === undefined) return undefined
  const [row] = await db.rows<{ userId: string }>(sql`
    select user_id as "userId" from checkout.visit where hash = ${hashOf(secret)} and ends_ms > ${clock.now()}`)
  return row && { userId: row.userId, secret }
}

export async function endVisit({ db }: VisitDeps, { secret }: Visit): Promise<void> {
  await db.run(sql`delete from checkout.visit where hash = ${hashOf(secret)}`)
}

/** Only pages that this browser was given know it, so no other site can press the buttons. */
export function formToken({ secret }: Visit): string {
  return createHash('sha256').update(`form ${secret}`).digest('base64url')
}

export function cookieOf(secret: string, secure: boolean): string {
  const ends = secret === '' ? 'Max-Age=0' : `Max-Age=${visitMs / 1000}`
  return `${cookieName}=${secret}; Path=/checkout; HttpOnly; SameSite=Lax; ${ends}${secure ? '; Secure' : ''}`
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
