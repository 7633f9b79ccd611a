import { ClientEvent, type MatrixClient } from 'matrix-js-sdk'
import { useMemo } from 'react'
import { directRooms } from './chat-summary.ts'
import { useClient } from './client-context.ts'
import { useChanges } from './use-changes.ts'

/** Somebody the person knows. */
export type Friend = { userId: string; favourite: boolean }

/** People that were added by hand, and whom the person likes best: kept in the account, for all devices. */
const accountData = 'org.dure.friends'
type Kept = { people: Record<string, { favourite?: boolean; removed?: boolean }> }

const events = [ClientEvent.AccountData, ClientEvent.Room] as const
const accountEvents = [ClientEvent.AccountData] as const

/** Everybody one has a chat of two with or has added, without those who are blocked. */
export function useFriends(): readonly Friend[] {
  const client = useClient()
  const version = useChanges(client, events)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version tells that the client holds something new.
  return useMemo(() => friendsOf(client), [client, version])
}

function friendsOf(client: MatrixClient): Friend[] {
  const { people } = read(client)
  const known = new Set(
    [...directRooms(client)]
      .filter(([roomId]) => client.getRoom(roomId)?.getMyMembership() === 'join')
      .map(([, userId]) => userId),
  )
  for (const [userId, { removed }] of Object.entries(people)) {
    if (removed) known.delete(userId)
    else known.add(userId)
  }
  known.delete(client.getSafeUserId())
  return [...known]
    .filter((userId) => !client.isUserIgnored(userId))
    .map((userId) => ({ userId, favourite: people[userId]?.favourite ?? false }))
}

export async function addFriend(client: MatrixClient, userId: string): Promise<void> {
  await change(client, userId, { favourite: false })
}

/** Takes somebody from the list; the chat with them stays. */
export async function removeFriend(client: MatrixClient, userId: string): Promise<void> {
  await change(client, userId, { removed: true })
}

export async function setFavourite(client: MatrixClient, userId: string, favourite: boolean): Promise<void> {
  await change(client, userId, { favourite })
}

async function change(client: MatrixClient, userId: string, entry: Kept['people'][string]): Promise<void> {
  const { people } = read(client)
  await client.setAccountData(accountData as never, { people: { ...people, [userId]: entry } } as never)
}

function read(client: MatrixClient): Kept {
  const { people }: Record<string, unknown> = client.getAccountData(accountData as never)?.getContent() ?? {}
  return { people: typeof people === 'object' && people !== null ? (people as Kept['people']) : {} }
}

/** https://spec.matrix.org/v1.19/client-server-api/#ignoring-users */
export function useBlocked(): readonly string[] {
  const client = useClient()
  useChanges(client, accountEvents)
  return client.getIgnoredUsers()
}

/** Somebody who is blocked is not told. */
export async function setBlocked(client: MatrixClient, userId: string, blocked: boolean): Promise<void> {
  const others = client.getIgnoredUsers().filter((other) => other !== userId)
  await client.setIgnoredUsers(blocked ? [...others, userId] : others)
}
