/** The server name in a user id or an old-style room id: all that follows its first colon, else undefined. */
export function serverNameOf(identifier: string): string | undefined {
  const colon = identifier.indexOf(':')
  return colon < 0 ? undefined : identifier.slice(colon + 1)
}

/**
 * True for every user id that servers must accept in events, historical ones with unusual characters included.
 * What a new account may be called is a narrower question.
 *
 * https://spec.matrix.org/v1.19/appendices/#historical-user-ids
 */
export function isUserId(text: string): boolean {
  if (!text.startsWith('@') || text.includes('\0') || !text.isWellFormed()) return false
  const serverName = serverNameOf(text)
  return serverName !== undefined && isServerName(serverName) && Buffer.byteLength(text) <= maxIdentifierBytes
}

/** https://spec.matrix.org/v1.19/appendices/#room-aliases */
export function isRoomAlias(text: string): boolean {
  if (!text.startsWith('#') || text.includes('\0') || !text.isWellFormed()) return false
  const serverName = serverNameOf(text)
  return (
    serverName !== undefined &&
    text.length > serverName.length + 2 &&
    isServerName(serverName) &&
    Buffer.byteLength(text) <= maxIdentifierBytes
  )
}

/** https://spec.matrix.org/v1.19/appendices/#server-name */
export function isServerName(text: string): boolean {
  return serverNamePattern.test(text)
}

/** The longest user, room and event id and room alias, in bytes of UTF-8. */
export const maxIdentifierBytes = 255

// An IPv4 address is also a DNS name by this grammar.
const serverNamePattern = /^(?:\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Za-z.-]{1,255})(?::[0-9]{1,5})?$/
