import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { MediaSettings } from '../config.ts'
import { refuse } from '../refusals.ts'

/**
 * Refuses early an upload that cannot fit: before its bytes are taken. `sizeBytes` is what is known of its size; `except` is the item
 * itself, which is there already when its transaction is run again.
 */
export async function refuseBeyondQuota(
  db: Pick<Database, 'rows'>,
  settings: Pick<MediaSettings, 'personBytesMax' | 'personItemsMax'>,
  userId: string,
  sizeBytes: number,
  except: string | null = null,
): Promise<void> {
  const [kept] = await db.rows<{ items: number; bytes: number }>(sql`
    select count(*) as items, coalesce(sum(size_bytes), 0)::bigint as bytes
    from media.item where user_id = ${userId} and media_id is distinct from ${except}`)
  const { items = 0, bytes = 0 } = kept ?? {}
  if (items >= settings.personItemsMax || bytes + sizeBytes > settings.personBytesMax)
    throw refuse('media.quota_reached')
}

/** Until the transaction ends, one write of this person at a time: their counts cannot change between check and write. */
export async function lockPerson(tx: Tx, userId: string): Promise<void> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`media ${userId}`}, 0))`)
}
