import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Random } from '../../../platform/random.ts'
import { createSigningKey, type SigningKey } from '../../../platform/signed-json/signing.ts'

/**
 * The server's ed25519 key: the newest of the table, made when there is none. The table lock lets nodes that start at the
 * same moment agree on one.
 */
export async function loadSigningKey(deps: {
  db: Database
  clock: Clock
  random: Random
}): Promise<SigningKey> {
  const fresh = { version: `a_${deps.random.text(6)}`, seed: deps.random.bytes(32) }
  return deps.db.transaction(async (tx) => {
    await tx.run(sql`lock table identity.signing_key in share row exclusive mode`)
    const [stored] = await tx.rows<{ version: string; seed: Buffer }>(sql`
      select version, seed from identity.signing_key order by created_at_ms desc, version limit 1`)
    if (stored) return createSigningKey(stored.version, stored.seed)
    await tx.run(sql`
      insert into identity.signing_key (version, seed, created_at_ms)
      values (${fresh.version}, ${fresh.seed}, ${deps.clock.now()})`)
    return createSigningKey(fresh.version, fresh.seed)
  })
}
