import type { Sources, View } from '../view.ts'
import type { MovedPeople } from './people.ts'

export type DeviceLists = { changed: string[]; left: string[] }

/**
 * Whose devices the client must look up anew, and whose it need not follow any more. Of an incremental sync only.
 * https://spec.matrix.org/v1.19/client-server-api/#e2e-extensions-to-sync
 */
export async function deviceListsOf(
  sources: Sources,
  view: View,
  moved: MovedPeople,
): Promise<DeviceLists | undefined> {
  const changed = new Set(await changedUsers(sources, view))
  for (const userId of moved.arrivedEncrypted) changed.add(userId)
  const left = new Set<string>()
  for (const userId of moved.departedEncrypted) {
    if (!(await shareEncryptedRoom(sources, view, userId))) left.add(userId)
  }
  for (const userId of left) changed.delete(userId)
  return changed.size > 0 || left.size > 0 ? { changed: [...changed], left: [...left] } : undefined
}

async function changedUsers({ keys, neighbours, changes }: Sources, view: View): Promise<Iterable<string>> {
  const { caller, since, upTo } = view
  if (!since) return []
  const { userId } = caller
  if (!changes.anybodyAround('keys', since.position) && !changes.person('keys', userId, since.position))
    return []
  const around = await neighbours.of(view)
  const followed = around.has(userId) ? around : new Set([...around, userId])
  return keys.changedUsers(followed, since.position, upTo, userId)
}

async function shareEncryptedRoom(
  { rooms }: Sources,
  { memberships }: View,
  userId: string,
): Promise<boolean> {
  for (const { roomId, membership } of memberships.values()) {
    if (membership !== 'join') continue
    const state = await rooms.state(roomId)
    if (state?.membership(userId) === 'join' && state.event('m.room.encryption', '')) return true
  }
  return false
}
