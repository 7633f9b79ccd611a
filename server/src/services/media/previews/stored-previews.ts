import { createHash } from 'node:crypto'
import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { JsonObject } from '../../../platform/json.ts'

type Deps = { db: Database; clock: Clock }

/** What is known of a URL just now: its preview, `null` when there is none, `undefined` when it has to be found out. */
export async function readPreview({ db, clock }: Deps, url: string): Promise<JsonObject | null | undefined> {
  const [row] = await db.rows<{ answer: JsonObject | null }>(sql`
    select answer from media.url_preview where url_sha256 = ${keyOf(url)} and expires_at_ms > ${clock.now()}`)
  return row?.answer
}

/** Of two nodes that both found out, the later one counts. */
export async function rememberPreview(
  { db }: Deps,
  url: string,
  { answer, expiresAtMs }: { answer: JsonObject | null; expiresAtMs: number },
): Promise<void> {
  await db.run(sql`
    insert into media.url_preview (url_sha256, url, answer, expires_at_ms)
    values (${keyOf(url)}, ${url}, ${answer === null ? null : JSON.stringify(answer)}, ${expiresAtMs})
    on conflict (url_sha256) do update set answer = excluded.answer, expires_at_ms = excluded.expires_at_ms`)
}

function keyOf(url: string): Buffer {
  return createHash('sha256').update(url).digest()
}
