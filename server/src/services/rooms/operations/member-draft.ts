import type { JsonObject } from '../../../platform/json.ts'
import type { Identity } from '../../identity/api.ts'
import type { EventDraft, Membership } from '../api.ts'

/** What a member event says besides the membership. */
export type MemberDetails = {
  reason?: string | undefined
  isDirect?: boolean | undefined
  /** The member of the room who could have invited them, where that is what lets them in. */
  authoriser?: string | undefined
}

/** The part of a profile that member events carry. */
export type MemberProfile = { displayname?: string; avatar_url?: string }

/**
 * The names and pictures of our own people, who are shown with them in member events.
 * https://spec.matrix.org/v1.19/client-server-api/#events-on-change-of-profile-information
 */
export async function memberProfiles(
  identity: Pick<Identity, 'profiles'>,
  userIds: readonly string[],
): Promise<(userId: string) => MemberProfile> {
  const profiles = await identity.profiles(userIds)
  return (userId) => {
    const { displayname, avatar_url: avatarUrl } = profiles.get(userId) ?? {}
    return {
      ...(displayname !== undefined && { displayname }),
      ...(avatarUrl !== undefined && { avatar_url: avatarUrl }),
    }
  }
}

export function memberDraft(
  userId: string,
  membership: Membership,
  profile: MemberProfile,
  { reason, isDirect, authoriser }: MemberDetails = {},
): EventDraft {
  const content: JsonObject = {
    ...profile,
    membership,
    ...(reason !== undefined && { reason }),
    ...(isDirect && { is_direct: true }),
    ...(authoriser !== undefined && { join_authorised_via_users_server: authoriser }),
  }
  return { type: 'm.room.member', stateKey: userId, content }
}

/** The content of a member event that a client has written, without what only the server may say. */
export function withoutAuthoriser(content: JsonObject): JsonObject {
  const { join_authorised_via_users_server: _, ...rest } = content
  return rest
}
