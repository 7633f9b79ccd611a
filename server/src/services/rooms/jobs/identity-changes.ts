import type { JsonValue } from '../../../platform/json.ts'
import { Refusal } from '../../../platform/refusal.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import type { Identity, IdentityJobs } from '../../identity/api.ts'
import type { EventDraft, MembershipEntry, Rooms } from '../api.ts'

type Deps = {
  rooms: Pick<Rooms, 'append' | 'events' | 'membershipsOf'>
  stream: Pick<Stream, 'head' | 'reached'>
  identity: Pick<Identity, 'profiles'>
}

/** Rooms written to at the same time: enough to share batches, few enough to leave room for other people. */
const atOnce = 32

/**
 * Tells the person's rooms their new name or picture. Running again changes nothing: a member event equal to the
 * current one is not written twice.
 *
 * NOTSPEC: a room that knows the person under a name or picture of its own is left alone; the specification would have every
 * room told, and so reveal who somebody in an open chat is. What is left alone is what
 * https://github.com/matrix-org/matrix-spec-proposals/pull/4466 calls `unchanged`.
 * https://spec.matrix.org/v1.19/client-server-api/#events-on-change-of-profile-information
 */
export async function takeProfileChange(deps: Deps, payload: JsonValue, signal: AbortSignal): Promise<void> {
  // Written by identity, in the form that its api.ts declares.
  const { userId, fields, before } = payload as IdentityJobs['identity.profile_changed']
  for (const field of fields) {
    if (field === 'displayname' || field === 'avatar_url')
      await tellField(deps, signal, userId, field, before && new Set(before))
  }
}

async function tellField(
  deps: Deps,
  signal: AbortSignal,
  userId: string,
  field: 'displayname' | 'avatar_url',
  before: Set<JsonValue> | undefined,
): Promise<void> {
  const value = await valueNow(deps, userId, field)
  await inEachRoom(deps, signal, userId, ['join'], async ({ roomId, eventId }) => {
    const [current] = await deps.rooms.events(roomId, [eventId])
    if (!current || (before && !before.has(current.content[field] ?? null))) return undefined
    // These speak of how the person came in, which is over.
    const {
      reason: _reason,
      join_authorised_via_users_server: _authoriser,
      third_party_invite: _invite,
      [field]: _old,
      ...kept
    } = current.content
    const content = { ...kept, membership: 'join', ...(value !== null && { [field]: value }) }
    return { type: 'm.room.member', stateKey: userId, content }
  })
  // A later change runs beside this one when both were quick: then what was told here may stand where it was done already.
  if ((await valueNow(deps, userId, field)) !== value)
    await tellField(deps, signal, userId, field, before && new Set([...before, value]))
}

async function valueNow(
  deps: Deps,
  userId: string,
  field: 'displayname' | 'avatar_url',
): Promise<string | null> {
  return (await deps.identity.profiles([userId])).get(userId)?.[field] ?? null
}

/** Takes a person who has closed their account out of every room, and out of the way of invites and knocks. */
export async function takeDeactivation(
  deps: Omit<Deps, 'identity'>,
  payload: JsonValue,
  signal: AbortSignal,
): Promise<void> {
  const { userId } = payload as IdentityJobs['identity.account_deactivated']
  await inEachRoom(deps, signal, userId, ['join', 'invite', 'knock'], async () => ({
    type: 'm.room.member',
    stateKey: userId,
    content: { membership: 'leave' },
  }))
}

async function inEachRoom(
  { rooms, stream }: Omit<Deps, 'identity'>,
  signal: AbortSignal,
  userId: string,
  memberships: readonly string[],
  draft: (entry: MembershipEntry) => Promise<EventDraft | undefined>,
): Promise<void> {
  // They may have entered a room through another node a moment ago.
  await stream.reached(await stream.head(), signal)
  const entries = [...(await rooms.membershipsOf(userId)).values()].filter(({ membership }) =>
    memberships.includes(membership),
  )
  for (let start = 0; start < entries.length; start += atOnce) {
    signal.throwIfAborted()
    await Promise.all(
      entries.slice(start, start + atOnce).map(async (entry) => {
        const made = await draft(entry)
        if (made) await appendUnlessRefused(rooms, entry.roomId, userId, made)
      }),
    )
  }
}

/** The room may have changed its mind about the person in the meantime; that is no reason to try again. */
async function appendUnlessRefused(
  rooms: Deps['rooms'],
  roomId: string,
  sender: string,
  draft: EventDraft,
): Promise<void> {
  try {
    await rooms.append({ roomId, sender, drafts: [draft] })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
}
