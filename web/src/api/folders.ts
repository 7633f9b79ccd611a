import { ClientEvent, type MatrixClient, RoomEvent } from 'matrix-js-sdk'
import { useMemo } from 'react'
import { useClient } from './client-context.ts'
import { useChanges } from './use-changes.ts'

/**
 * A folder is a tag that the person gives to chats, so that every client sees it. Which come first, and those that are
 * still empty, the account keeps besides. https://spec.matrix.org/v1.19/client-server-api/#room-tagging
 */
const prefix = 'u.'
const accountData = 'org.dure.folders'
const events = [ClientEvent.AccountData, ClientEvent.Room, RoomEvent.Tags] as const

/** In characters; with the prefix they fit into the 255 bytes of a tag in any script. */
export const folderNameMost = 40
export const foldersMost = 50

/** Names of the person's folders, in their order; those that only another client knows come last. */
export function useFolders(): readonly string[] {
  const client = useClient()
  const version = useChanges(client, events)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that the client holds something new.
  return useMemo(() => foldersOf(client), [client, version])
}

export function foldersOf(client: MatrixClient): string[] {
  const { order }: { order?: unknown } = client.getAccountData(accountData as never)?.getContent() ?? {}
  const kept = Array.isArray(order) ? order.filter((name): name is string => typeof name === 'string') : []
  const tagged = client.getRooms().flatMap(({ tags }) => foldersIn(tags))
  return [...new Set([...kept, ...tagged.sort()])].slice(0, foldersMost)
}

/** The folders that a chat is in, by its tags. */
export function foldersIn(tags: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(tags).flatMap((tag) =>
    tag.startsWith(prefix) && tag.length > prefix.length ? [tag.slice(prefix.length)] : [],
  )
}

/** Makes a folder, or puts those that are there into another order. */
export async function saveFolders(client: MatrixClient, order: readonly string[]): Promise<void> {
  await client.setAccountData(accountData as never, { order } as never)
}

export async function setInFolder(
  client: MatrixClient,
  roomId: string,
  name: string,
  inside: boolean,
): Promise<void> {
  if (inside) await client.setRoomTag(roomId, prefix + name, {})
  else await client.deleteRoomTag(roomId, prefix + name)
}

/** The new name is there before the old one goes: what breaks off between leaves a chat in both folders and in none too few. */
export async function renameFolder(client: MatrixClient, from: string, to: string): Promise<void> {
  const rooms = roomsIn(client, from)
  for (const roomId of rooms) await setInFolder(client, roomId, to, true)
  await saveFolders(
    client,
    foldersOf(client).map((name) => (name === from ? to : name)),
  )
  for (const roomId of rooms) await setInFolder(client, roomId, from, false)
}

/** The chats stay, without the folder. */
export async function deleteFolder(client: MatrixClient, name: string): Promise<void> {
  for (const roomId of roomsIn(client, name)) await setInFolder(client, roomId, name, false)
  await saveFolders(
    client,
    foldersOf(client).filter((other) => other !== name),
  )
}

function roomsIn(client: MatrixClient, name: string): string[] {
  return client
    .getRooms()
    .filter(({ tags }) => prefix + name in tags)
    .map(({ roomId }) => roomId)
}
