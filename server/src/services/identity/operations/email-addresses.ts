import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { emailAddress } from '../names.ts'
import { refuse } from '../refusals.ts'
import { emailOwner } from './email-owner.ts'
import { type EmailCredentials, validatedEmail } from './validate-email.ts'

export type EmailAddress = { address: string; validatedAtMs: number; addedAtMs: number }

const addressesMax = 10

export function emailAddressesOf(db: Database, userId: string): Promise<EmailAddress[]> {
  return db.rows<EmailAddress>(sql`
    select address, validated_at_ms as "validatedAtMs", added_at_ms as "addedAtMs" from identity.email_address
    where user_id = ${userId} order by added_at_ms, address`)
}

/**
 * Adds an address that its owner has validated; once more changes nothing.
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3account3pidadd
 */
export async function addEmailAddress(
  deps: { db: Database; clock: Clock },
  userId: string,
  credentials: EmailCredentials,
): Promise<void> {
  const validated = await validatedEmail(deps, credentials, 'add')
  if (!validated) throw refuse('identity.validation_missing')
  const { address, validatedAtMs } = validated
  if ((await emailAddressesOf(deps.db, userId)).length >= addressesMax)
    throw refuse('identity.emails_too_many')
  await deps.db.run(sql`
    insert into identity.email_address (address, user_id, validated_at_ms, added_at_ms)
    values (${address}, ${userId}, ${validatedAtMs}, ${deps.clock.now()}) on conflict (address) do nothing`)
  if ((await emailOwner(deps.db, address)) !== userId) throw refuse('identity.email_in_use')
}

/** Takes an address from the person, if it is theirs. */
export async function removeEmailAddress(db: Database, userId: string, email: string): Promise<void> {
  await db.run(sql`
    delete from identity.email_address where address = ${emailAddress(email)} and user_id = ${userId}`)
}
