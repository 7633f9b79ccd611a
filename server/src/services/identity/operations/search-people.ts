import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { fold } from '../../../platform/folded-text.ts'
import type { Profile } from '../api.ts'

export type FoundPerson = { userId: string; profile: Profile }

const wordsMax = 10

/**
 * The registered people of this server whose user id or display name holds every word, whoever is called exactly so first,
 * then who begins so. They are all shown: everybody here can be met in a public room.
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3user_directorysearch
 */
export async function searchPeople(
  db: Database,
  { searcher, term, limit }: { searcher: string; term: string; limit: number },
): Promise<{ people: FoundPerson[]; limited: boolean }> {
  const wanted = fold(term).trim()
  const words = wanted.split(/\s+/).filter(Boolean).slice(0, wordsMax)
  if (words.length === 0) return { people: [], limited: false }
  const rows = await db.rows<{ userId: string; fields: Profile | null }>(sql`
    select user_id as "userId", fields from (
      select account.user_id, fields, coalesce(search_name, '') as name, split_part(substr(account.user_id, 2), ':', 1) as localpart
      from identity.account left join identity.profile using (user_id)
      where kind = 'user' and deactivated_at_ms is null and account.user_id <> ${searcher}
    ) as person
    where not exists (
      select from unnest(${words}::text[]) as word
      where strpos(name, word) = 0 and strpos(user_id, word) = 0)
    order by case
      when name = ${wanted} or localpart = ${wanted} or user_id = ${wanted} then 0
      when starts_with(name, ${wanted}) or starts_with(localpart, ${wanted}) then 1 else 2 end,
      name = '', name, user_id collate "C"
    limit ${limit + 1}`)
  const people = rows.slice(0, limit).map(({ userId, fields }) => ({ userId, profile: fields ?? {} }))
  return { people, limited: rows.length > limit }
}
