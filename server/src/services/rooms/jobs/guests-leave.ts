import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { JsonValue } from '../../../platform/json.ts'
import { Refusal } from '../../../platform/refusal.ts'
import type { Identity } from '../../identity/api.ts'
import type { RoomsJobs } from '../append/duties.ts'
import type { RoomsService } from '../service.ts'
import { membershipIn } from '../state/room-state.ts'

type Deps = {
  db: Database
  rooms: Pick<RoomsService, 'decide'>
  identity: Pick<Identity, 'guestsAmong'>
}

const peopleAtOnce = 500

/**
 * Takes the guests out of a room that no longer welcomes them. Running again changes nothing.
 * https://spec.matrix.org/v1.19/client-server-api/#guest-access
 */
export async function takeGuestsOut({ db, rooms, identity }: Deps, payload: JsonValue): Promise<void> {
  const { roomId } = payload as RoomsJobs['rooms.guests_leave']
  for (let last = ''; ; ) {
    const members = await db.rows<{ userId: string }>(sql`
      select user_id as "userId" from rooms.membership
      where room_id = ${roomId} and membership = 'join' and user_id > ${last}
      order by user_id limit ${peopleAtOnce}`)
    const guests = await identity.guestsAmong(members.map(({ userId }) => userId))
    await Promise.all([...guests].map((userId) => takeOut(rooms, roomId, userId)))
    last = members.at(-1)?.userId ?? last
    if (members.length < peopleAtOnce) return
  }
}

async function takeOut(rooms: Deps['rooms'], roomId: string, userId: string): Promise<void> {
  try {
    await rooms.decide({
      roomId,
      sender: userId,
      decide(room) {
        const welcome = room.event('m.room.guest_access', '')?.content['guest_access'] === 'can_join'
        if (welcome || membershipIn(room.event('m.room.member', userId)) !== 'join') return []
        return [{ type: 'm.room.member', stateKey: userId, content: { membership: 'leave' } }]
      },
    })
  } catch (error) {
    // A room that has changed in such a way that its rules refuse even leaving is no reason to try again.
    if (!(error instanceof Refusal)) throw error
  }
}
