import type { Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { Position, Stream } from '../../platform/stream/stream.ts'

export const keysTopic = 'keys'

/** Takes the lock of whatever must be decided once per person: identity keys, cross-signing, backup versions. */
export async function lockPerson(tx: Tx, userId: string): Promise<void> {
  await tx.run(sql`insert into keys.person (user_id) values (${userId}) on conflict do nothing`)
  await tx.run(sql`select from keys.person where user_id = ${userId} for update`)
}

export type KeyChange = {
  /** People whose device keys or cross-signing keys changed. */
  people?: readonly string[]
  /** Devices whose one-time or fallback keys changed. */
  stocks?: readonly { userId: string; deviceId: string }[]
  /** Who has signed whose master key. */
  notices?: { signer: string; targets: readonly string[] }
}

/** Puts a change into the shared stream, as the last thing of its transaction. Call `stream.committed` after the commit. */
export async function announce(
  tx: Tx,
  stream: Pick<Stream, 'allocate'>,
  change: KeyChange,
): Promise<Position> {
  const { people = [], stocks = [], notices } = change
  const position = await stream.allocate(tx, keysTopic, 1)
  if (people.length > 0) {
    await tx.run(sql`
      update keys.person set changed_position = ${position} where user_id = any(${people}::text[])`)
  }
  if (stocks.length > 0) {
    await tx.run(sql`
      insert into keys.stock (user_id, device_id, position)
      select distinct user_id, device_id, ${position}::bigint from unnest(
        ${stocks.map(({ userId }) => userId)}::text[], ${stocks.map(({ deviceId }) => deviceId)}::text[]
      ) as changed (user_id, device_id)
      on conflict (user_id, device_id) do update set position = excluded.position`)
  }
  if (notices) {
    await tx.run(sql`
      insert into keys.signature_notice (user_id, target_user_id, position)
      select ${notices.signer}, target, ${position}::bigint from unnest(${notices.targets}::text[]) as target
      on conflict (user_id, target_user_id) do update set position = excluded.position`)
  }
  return position
}
