import type { Caller } from '../../platform/http/access.ts'
import type { JsonValue } from '../../platform/json.ts'
import type { SigningKey } from '../../platform/signed-json/signing.ts'

/** Display name, avatar and further fields of a person. https://spec.matrix.org/v1.19/client-server-api/#profiles */
export type Profile = { displayname?: string; avatar_url?: string; [field: string]: unknown }

export type Device = {
  deviceId: string
  displayName: string | undefined
  lastSeenAtMs: number | undefined
  lastSeenIp: string | undefined
}

/** What the application services that are connected to this server mean to identity. */
export type UserClaims = {
  /** The service that has this token. */
  holderOf(token: string): ServiceNames | undefined
  /** A service, other than `by`, has this user id for itself alone. */
  isTaken(userId: string, by?: string): boolean
  /** Asks the services that may know these people to make their accounts; true when one says that it has. */
  askForUsers(userIds: readonly string[]): Promise<boolean>
}

export type ServiceNames = {
  id: string
  /** Whether the service may have an account of this id, and act as it. */
  mayBe(userId: string): boolean
}

export type Actor = {
  userId: string
  /** The device of theirs to act with. */
  deviceId: string | undefined
  /** What transaction ids are scoped to without a device. */
  sessionId: string
}

export type Identity = {
  /**
   * The caller that somebody is who may act as the person without a token of theirs. Refuses people without an account,
   * and devices that are not theirs. Answered from memory as a rule.
   */
  actAs(actor: Actor, address?: string, options?: { evenLocked: boolean }): Promise<Caller>
  /** Makes an account without a password unless it is there. Gives whether somebody could log in to it. */
  ensureAccount(userId: string): Promise<{ hasPassword: boolean }>
  /**
   * The caller of a valid access token; throws `identity.token_unknown` or `identity.token_expired` (soft logout). Answered
   * from memory as a rule. `address` is remembered as where the device was last seen. Throws `identity.account_locked` for
   * a locked account unless `evenLocked` lets it pass.
   */
  authenticate(token: string, address?: string, options?: { evenLocked: boolean }): Promise<Caller>
  /** Whether the person administers this server, straight from the database. */
  isAdministrator(userId: string): Promise<boolean>
  /**
   * The user id of whoever has this name and password, for pages at which people sign in without a Matrix client. Throws
   * `identity.login_failed` and `identity.account_locked`; draws on the account's budget of attempts.
   */
  provePassword(name: string, password: string): Promise<string>
  /** True for registered people and guests of this server, false once they are deactivated. */
  accountExists(userId: string): Promise<boolean>
  /** Those of the people who are guests of this server. */
  guestsAmong(userIds: readonly string[]): Promise<ReadonlySet<string>>
  /** E-mail addresses that the person has shown to be theirs, in small letters. */
  emailsOf(userId: string): Promise<string[]>
  /** Profiles of those that exist. */
  profiles(userIds: readonly string[]): Promise<ReadonlyMap<string, Profile>>
  devices(userIds: readonly string[]): Promise<ReadonlyMap<string, Device[]>>
  /**
   * User-interactive authentication for routes of other services: returns when the request's `auth` proves the caller, or the
   * caller is an application service; else throws the 401 refusal that carries flows and session.
   * https://spec.matrix.org/v1.19/client-server-api/#user-interactive-authentication-api
   */
  requireInteractiveAuth(request: InteractiveRequest): Promise<void>
  /** The key with which this server signs events; the same on every node. */
  signingKey(): Promise<SigningKey>
}

export type InteractiveRequest = {
  caller: Caller
  /** The `auth` member of the body, as sent. */
  auth: unknown
  /** What is being asked for: method, path and body without `auth`; a session serves one operation only. */
  operation: Operation
}

export type Operation = { method: string; path: string; body: unknown }

/**
 * Jobs that identity enqueues in the transaction of the change; other services handle them. By the time a job runs the
 * person may have gone on: handlers read what is true now and take the payload as a hint where to look.
 */
export type IdentityJobs = {
  /**
   * `before` holds the values that the one field has had since rooms were told last, null for none. It is missing in what
   * older nodes enqueue: they want every room told.
   */
  'identity.profile_changed': { userId: string; fields: string[]; before?: JsonValue[] }
  'identity.device_deleted': { userId: string; deviceIds: string[] }
  'identity.account_deactivated': { userId: string; erase: boolean }
}
