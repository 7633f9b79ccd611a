import { refuse } from '../refusals.ts'

/**
 * The media ID of an address on this server. Anything that is no well-formed `mxc://` address of ours is refused with
 * `media.not_found`, before it reaches a query: other servers' media come with federation.
 * https://spec.matrix.org/v1.19/client-server-api/#content-repo-security-considerations
 */
export function localMediaId(
  ownServerName: string,
  address: { serverName: string; mediaId: string },
): string {
  if (address.serverName !== ownServerName) throw refuse('media.not_found')
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(address.mediaId)) throw refuse('media.not_found')
  return address.mediaId
}
