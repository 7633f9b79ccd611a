import { refuse } from './refusals.ts'

const userIdBytesMax = 255
const localpart = /^[a-z0-9._=\-/+]+$/

/** https://spec.matrix.org/v1.19/appendices/#user-identifiers */
export function userIdOf(username: string, serverName: string): string {
  return `@${username}:${serverName}`
}

export function localpartOf(userId: string): string {
  return userId.slice(1, userId.indexOf(':'))
}

/**
 * The user id that a username asks for, folded to lower case. Throws `identity.username_invalid` outside the grammar
 * and `identity.username_reserved` for the names that application services claim by convention.
 */
export function chosenUserId(username: string, serverName: string): string {
  if (username.startsWith('_')) throw refuse('identity.username_reserved')
  return wellFormedUserId(username, serverName)
}

/** As `chosenUserId`, for those who may have the reserved names. */
export function wellFormedUserId(username: string, serverName: string): string {
  const name = username.toLowerCase()
  const userId = userIdOf(name, serverName)
  if (!localpart.test(name) || Buffer.byteLength(userId) > userIdBytesMax)
    throw refuse('identity.username_invalid')
  return userId
}

/** The local user id that a person typed, in full or as its local part; undefined when it cannot be one of ours. */
export function typedUserId(typed: string, serverName: string): string | undefined {
  const full = typed.startsWith('@')
  if (full && !typed.endsWith(`:${serverName}`)) return undefined
  const name = (full ? typed.slice(1, -(serverName.length + 1)) : typed).toLowerCase()
  return localpart.test(name) && name.length <= userIdBytesMax ? userIdOf(name, serverName) : undefined
}

/** An e-mail address in the form in which it is kept: two that differ in case are one. Refuses what is none. */
export function emailAddress(typed: string): string {
  const address = typed.trim().toLowerCase()
  const [local = '', domain = '', ...more] = address.split('@')
  const isAddress =
    more.length === 0 &&
    /^[^\s\p{Cc}<>(),:;"\\[\]]{1,64}$/u.test(local) &&
    /^[^\s\p{Cc}<>(),:;"\\[\]]{1,190}$/u.test(domain)
  if (!isAddress) throw refuse('identity.email_invalid')
  return address
}

/** Refuses what is not a user id of any server. */
export function checkUserId(userId: string): void {
  const colon = userId.indexOf(':')
  const wellFormed = userId.startsWith('@') && colon > 0 && colon < userId.length - 1
  if (!wellFormed || userId.includes('\0') || Buffer.byteLength(userId) > userIdBytesMax)
    throw refuse('identity.user_id_invalid')
}

/**
 * Refuses device ids that are empty, overlong or hold control characters, and those that could be the id of a
 * cross-signing key (43 characters of Base64): as none is ever given out, no key can coincide with a device.
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3login
 */
export function checkDeviceId(deviceId: string): void {
  if (!/^[^\p{Cc}]{1,255}$/u.test(deviceId)) throw refuse('identity.device_id_invalid')
  if (/^[A-Za-z0-9+/]{43}$/.test(deviceId)) throw refuse('identity.device_id_forbidden')
}
