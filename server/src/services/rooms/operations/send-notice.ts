import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { isJsonObject } from '../../../platform/json.ts'
import type { AccountData } from '../../account-data/api.ts'
import type { Identity } from '../../identity/api.ts'
import type { EventDraft } from '../api.ts'
import type { RoomsSettings } from '../config.ts'
import { defaultRoomVersion } from '../protocol/room-versions.ts'
import { refuse } from '../refusals.ts'
import type { RoomsService } from '../service.ts'
import { membershipIn } from '../state/room-state.ts'
import { initialEvents } from './initial-events.ts'
import { memberDraft, memberProfiles } from './member-draft.ts'

export type NoticeDeps = {
  db: Database
  clock: Clock
  rooms: Pick<RoomsService, 'found' | 'decide' | 'append'>
  identity: Pick<Identity, 'profiles' | 'accountExists' | 'ensureAccount'>
  accountData: Pick<AccountData, 'get' | 'put'>
  serverName: string
  settings: Pick<RoomsSettings, 'noticesLocalpart' | 'noticesRoomName'>
}

export type Notice = {
  /** Chosen by the caller: the same notice sent again is the one that was sent. */
  noticeId: string
  userId: string
  body: string
  /** As `server_notice_type`. */
  type: string
  adminContact: string | undefined
  limitType: string | undefined
  /** Whether clients are to show it as one that holds, until it is unpinned. */
  pinned: boolean
}

const pinnedMax = 50

/** The account in whose name the server speaks. */
export function noticesUserId({ settings, serverName }: Pick<NoticeDeps, 'settings' | 'serverName'>): string {
  return `@${settings.noticesLocalpart}:${serverName}`
}

/**
 * Tells a person something in the name of the server, in a room that only the two are in and whose invite cannot be declined. Whoever has
 * left it is invited again.
 * https://spec.matrix.org/v1.19/client-server-api/#server-notices
 */
export async function sendNotice(
  deps: NoticeDeps,
  notice: Notice,
): Promise<{ roomId: string; eventId: string }> {
  const { userId } = notice
  const sender = noticesUserId(deps)
  if (!(await deps.identity.accountExists(userId)) || userId === sender)
    throw refuse('rooms.notice_recipient_unknown')
  if ((await deps.identity.ensureAccount(sender)).hasPassword) throw refuse('rooms.notices_name_taken')
  const roomId = (await knownRoom(deps, userId)) ?? (await foundRoom(deps, userId, sender))
  await tag(deps, userId, roomId)
  await inviteAgain(deps, { roomId, userId, sender })
  const { eventIds } = await deps.rooms.append({
    roomId,
    sender,
    drafts: [noticeDraft(notice)],
    transaction: { sessionId: 'server notices', scope: 'notice', txnId: notice.noticeId },
  })
  const [eventId = ''] = eventIds
  if (notice.pinned) await pin(deps, { roomId, sender, eventId })
  return { roomId, eventId }
}

async function knownRoom({ db }: NoticeDeps, userId: string): Promise<string | undefined> {
  const [row] = await db.rows<{ roomId: string }>(
    sql`select room_id as "roomId" from rooms.notice_room where user_id = ${userId}`,
  )
  return row?.roomId
}

/** Of two nodes that found one at the same time, the later leaves an empty room that nobody was invited to. */
async function foundRoom(deps: NoticeDeps, userId: string, sender: string): Promise<string> {
  const { noticesRoomName: name } = deps.settings
  const drafts = initialEvents({
    creator: sender,
    version: defaultRoomVersion,
    preset: 'private_chat',
    creationContent: {},
    powerLevels: { events_default: 50, invite: 50 },
    canonicalAlias: undefined,
    initialState: [{ type: 'm.room.guest_access', stateKey: '', content: { guest_access: 'forbidden' } }],
    name,
    topic: undefined,
    invite: [],
    isDirect: false,
    profileOf: () => ({ displayname: name }),
  })
  const { roomId } = await deps.rooms.found({ version: defaultRoomVersion.id, sender, drafts })
  await deps.db.run(sql`
    insert into rooms.notice_room (user_id, room_id, created_at_ms) values (${userId}, ${roomId}, ${deps.clock.now()})
    on conflict (user_id) do nothing`)
  return (await knownRoom(deps, userId)) ?? roomId
}

/** Before the invite, so that clients know what room it is to. */
async function tag({ accountData }: NoticeDeps, userId: string, roomId: string): Promise<void> {
  const content = (await accountData.get(userId, roomId, 'm.tag')) ?? {}
  const tags = isJsonObject(content['tags']) ? content['tags'] : {}
  if (tags['m.server_notice'] !== undefined) return
  await accountData.put(userId, roomId, 'm.tag', { ...content, tags: { ...tags, 'm.server_notice': {} } })
}

async function inviteAgain(
  { rooms, identity }: NoticeDeps,
  { roomId, userId, sender }: { roomId: string; userId: string; sender: string },
): Promise<void> {
  const profileOf = await memberProfiles(identity, [userId])
  await rooms.decide({
    roomId,
    sender,
    decide(room) {
      const membership = membershipIn(room.event('m.room.member', userId))
      const isThere = membership === 'join' || membership === 'invite'
      return isThere ? [] : [memberDraft(userId, 'invite', profileOf(userId))]
    },
  })
}

function noticeDraft({ body, type, adminContact, limitType }: Notice): EventDraft {
  return {
    type: 'm.room.message',
    content: {
      msgtype: 'm.server_notice',
      body,
      server_notice_type: type,
      ...(adminContact !== undefined && { admin_contact: adminContact }),
      ...(limitType !== undefined && { limit_type: limitType }),
    },
  }
}

async function pin(
  { rooms }: NoticeDeps,
  { roomId, sender, eventId }: { roomId: string; sender: string; eventId: string },
): Promise<void> {
  await rooms.decide({
    roomId,
    sender,
    decide(room) {
      const given = room.event('m.room.pinned_events', '')?.content['pinned']
      const pinned = Array.isArray(given) ? given : []
      if (pinned.includes(eventId)) return []
      const content = { pinned: [...pinned, eventId].slice(-pinnedMax) }
      return [{ type: 'm.room.pinned_events', stateKey: '', content }]
    },
  })
}
