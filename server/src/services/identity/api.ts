import type { Caller } from '../../platform/http/access.ts'

/** Display name, avatar and further fields of a person. https://spec.matrix.org/v1.19/client-server-api/#profiles */
export type Profile = { displayname?: string; avatar_url?: string; [field: string]: unknown }

export type Device = {
  deviceId: string
  displayName: string | undefined
  lastSeenAtMs: number | undefined
  lastSeenIp: string | undefined
}

export type Identity = {
  /** The caller of a valid access token; throws `identity.token_unknown` or `identity.token_expired` (soft logout). */
  authenticate(token: string): Promise<Caller>
  accountExists(userId: string): Promise<boolean>
  /** Profiles of those that exist. */
  profiles(userIds: readonly string[]): Promise<ReadonlyMap<string, Profile>>
  devices(userIds: readonly string[]): Promise<ReadonlyMap<string, Device[]>>
  /**
   * User-interactive authentication for routes of other services: returns when the request's `auth` proves the caller,
   * else throws the 401 refusal that carries flows and session.
   * https://spec.matrix.org/v1.19/client-server-api/#user-interactive-authentication-api
   */
  requireInteractiveAuth(request: InteractiveRequest): Promise<void>
}

export type InteractiveRequest = {
  caller: Caller
  /** The `auth` member of the body, as sent. */
  auth: unknown
  /** What is being asked for: method, path and body without `auth`; a session serves one operation only. */
  operation: { method: string; path: string; body: unknown }
}

/** Jobs that identity enqueues in the transaction of the change; other services handle them. */
export type IdentityJobs = {
  'identity.profile_changed': { userId: string; fields: string[] }
  'identity.device_deleted': { userId: string; deviceIds: string[] }
  'identity.account_deactivated': { userId: string; erase: boolean }
}
