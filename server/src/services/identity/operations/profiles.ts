import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { fold } from '../../../platform/folded-text.ts'
import type { Caller } from '../../../platform/http/access.ts'
import type { Jobs } from '../../../platform/jobs.ts'
import { type JsonValue, ownValue } from '../../../platform/json.ts'
import type { IdentityJobs, Profile, UserClaims } from '../api.ts'
import { checkUserId } from '../names.ts'
import { checkProfileKey, readProfileValue } from '../profile-fields.ts'
import { refuse } from '../refusals.ts'

/** https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3profileuseridkeyname */
const profileBytesMax = 64 * 1024
/** Changes of these are told to the person's rooms. https://spec.matrix.org/v1.19/client-server-api/#events-on-change-of-profile-information */
const propagatedFields = ['displayname', 'avatar_url']

type Fields = { [key: string]: JsonValue }

/** Profiles of those of the people who have an account; empty where nothing is set. */
export async function profilesOf(
  deps: { db: Database },
  userIds: readonly string[],
): Promise<Map<string, Profile>> {
  const rows = await deps.db.rows<{ userId: string; fields: Profile | null }>(sql`
    select account.user_id as "userId", profile.fields
    from identity.account account left join identity.profile profile on profile.user_id = account.user_id
    where account.user_id = any(${userIds}) and account.deactivated_at_ms is null`)
  return new Map(rows.map(({ userId, fields }) => [userId, fields ?? {}]))
}

type AskingDeps = { db: Database; claims: UserClaims }

/** As `profilesOf`; of people without an account, application services are asked whether they will make one. */
export async function profilesAsked(
  deps: AskingDeps,
  userIds: readonly string[],
): Promise<Map<string, Profile>> {
  const found = await profilesOf(deps, userIds)
  const missing = userIds.filter((userId) => !found.has(userId))
  const made = missing.length > 0 && (await deps.claims.askForUsers(missing))
  return made ? profilesOf(deps, userIds) : found
}

/** Throws `identity.profile_unknown` for people who do not exist or show nothing. */
export async function profileOf(deps: AskingDeps, userId: string): Promise<Profile> {
  checkUserId(userId)
  const profile = (await profilesAsked(deps, [userId])).get(userId)
  if (!profile || Object.keys(profile).length === 0) throw refuse('identity.profile_unknown')
  return profile
}

/** One field, as an object with it alone. */
export async function profileFieldOf(deps: AskingDeps, userId: string, key: string): Promise<Profile> {
  const profile = await profileOf(deps, userId)
  if (!Object.hasOwn(profile, key)) throw refuse('identity.profile_unknown')
  return { [key]: profile[key] }
}

type ChangeDeps = { db: Database; jobs: Jobs }
export type ProfileChange = { caller: Caller; userId: string; key: string }

/** Sets one field of the caller's own profile. */
export async function setProfileField(
  deps: ChangeDeps,
  change: ProfileChange,
  body: { [key: string]: JsonValue },
): Promise<void> {
  authorise(change)
  const value = readProfileValue(change.key, body)
  await changeFields(deps, change, (fields) =>
    value === undefined ? without(fields, change.key) : { ...fields, [change.key]: value },
  )
}

/** Removes one field of the caller's own profile, if it is there. */
export async function deleteProfileField(deps: ChangeDeps, change: ProfileChange): Promise<void> {
  authorise(change)
  await changeFields(deps, change, (fields) => without(fields, change.key))
}

/** Guests: https://spec.matrix.org/v1.19/client-server-api/#guest-access */
function authorise({ caller, userId, key }: ProfileChange): void {
  checkProfileKey(key)
  checkUserId(userId)
  if (caller.userId !== userId) throw refuse('identity.profile_foreign')
  if (caller.guest && key !== 'displayname') throw refuse('identity.profile_guest_forbidden')
}

async function changeFields(
  deps: ChangeDeps,
  { userId, key }: ProfileChange,
  change: (fields: Fields) => Fields,
): Promise<void> {
  const changed = await deps.db.transaction(async (tx) => {
    const before = await lockFields(tx, userId)
    const after = change(before)
    const text = JSON.stringify(after)
    if (Buffer.byteLength(text) >= profileBytesMax) throw refuse('identity.profile_too_large')
    if (JSON.stringify(ownValue(before, key)) === JSON.stringify(ownValue(after, key))) return false
    await tx.run(
      sql`update identity.profile set fields = ${text}, search_name = ${searchName(after)} where user_id = ${userId}`,
    )
    if (propagatedFields.includes(key))
      await enqueueChange(deps, tx, userId, key, ownValue(before, key) ?? null)
    return true
  })
  if (changed) deps.jobs.wake()
}

/** The display name as it is searched. */
export function searchName({ displayname }: Fields): string {
  return typeof displayname === 'string' ? fold(displayname) : ''
}

async function lockFields(tx: Tx, userId: string): Promise<Fields> {
  await tx.run(
    sql`insert into identity.profile (user_id, fields) values (${userId}, '{}') on conflict do nothing`,
  )
  const [row] = await tx.rows<{ fields: Fields }>(
    sql`select fields from identity.profile where user_id = ${userId} for update`,
  )
  return row?.fields ?? {}
}

/** One job per field, so that a change of another field does not replace it while it waits. */
async function enqueueChange(
  deps: ChangeDeps,
  tx: Tx,
  userId: string,
  key: string,
  before: JsonValue,
): Promise<void> {
  const payload = {
    userId,
    fields: [key],
    before: [before],
  } satisfies IdentityJobs['identity.profile_changed']
  await deps.jobs.enqueue(tx, 'identity.profile_changed', {
    id: `${userId} ${key}`,
    payload,
    gather: 'before',
  })
}

function without(fields: Fields, key: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key))
}
