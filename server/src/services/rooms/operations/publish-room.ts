import type { Clock } from '../../../platform/clock.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'

type Deps = { db: Database; clock: Clock }

/** Lists a room in the public directory of this server, or takes it out. */
export async function setPublished(deps: Deps, roomId: string, published: boolean): Promise<void> {
  await deps.db.transaction(async (tx) => {
    if (published) await addEntry(deps, tx, roomId, { listed: true })
    else {
      await tx.run(sql`update rooms.published_room set listed = false where room_id = ${roomId}`)
      await dropUnused(tx, roomId)
    }
  })
}

/** Lists a room in the directory of a network that an application service leads to, or takes it out there. */
export async function setListedOnNetwork(
  deps: Deps,
  { roomId, instanceId, listed }: { roomId: string; instanceId: string; listed: boolean },
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    if (listed) {
      await addEntry(deps, tx, roomId, { listed: false })
      await tx.run(sql`
        insert into rooms.network_listing (room_id, instance_id) values (${roomId}, ${instanceId})
        on conflict do nothing`)
    } else {
      await tx.run(sql`
        delete from rooms.network_listing where room_id = ${roomId} and instance_id = ${instanceId}`)
      await dropUnused(tx, roomId)
    }
  })
}

/** Undefined when there is no such room. */
export async function isPublished(db: Database, roomId: string): Promise<boolean | undefined> {
  if (roomId.includes('\0')) return undefined
  const [row] = await db.rows<{ published: boolean }>(sql`
    select exists (select from rooms.published_room where room_id = ${roomId} and listed) as published
    from rooms.room where room_id = ${roomId}`)
  return row?.published
}

/** The row is locked to the end of the transaction, so that nobody drops it as unused meanwhile. */
async function addEntry(
  { clock }: Deps,
  tx: Tx,
  roomId: string,
  { listed }: { listed: boolean },
): Promise<void> {
  await tx.run(sql`
    insert into rooms.published_room as entry (room_id, published_at_ms, listed) values (${roomId}, ${clock.now()}, ${listed})
    on conflict (room_id) do update set listed = entry.listed or excluded.listed`)
}

async function dropUnused(tx: Tx, roomId: string): Promise<void> {
  await tx.run(sql`select from rooms.published_room where room_id = ${roomId} for update`)
  await tx.run(sql`
    delete from rooms.published_room where room_id = ${roomId} and not listed
      and not exists (select from rooms.network_listing listing where listing.room_id = published_room.room_id)`)
}
