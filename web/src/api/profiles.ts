import type { MatrixClient } from 'matrix-js-sdk'
import { useEffect, useMemo } from 'react'
import { useClient } from './client-context.ts'
import { localPart } from './start-chat.ts'
import { createStore, type Store } from './store.ts'
import { uploadPublic } from './upload.ts'
import { useStore } from './use-store.ts'

export type Profile = { name: string; avatarMxc: string | undefined; status: string }

/** A line about how somebody is: https://github.com/matrix-org/matrix-spec-proposals/pull/4426, as it is named until it is accepted. */
const statusField = 'org.matrix.msc4426.status'

const keptMost = 500
const kept = new Map<string, Store<Profile>>()

/** The profile of a person, as far as it is known: at once with what rooms tell, then as the server has it. */
export function useProfile(userId: string): Profile {
  const client = useClient()
  const store = useMemo(() => storeOf(client, userId), [client, userId])
  useEffect(() => void refreshProfile(client, userId), [client, userId])
  return useStore(store)
}

function storeOf(client: MatrixClient, userId: string): Store<Profile> {
  const known = kept.get(userId)
  if (known) return known
  const user = client.getUser(userId)
  const made = createStore<Profile>({
    name: user?.displayName || localPart(userId),
    avatarMxc: user?.avatarUrl,
    status: '',
  })
  kept.set(userId, made)
  const [oldest] = kept.keys()
  if (kept.size > keptMost && oldest !== undefined) kept.delete(oldest)
  return made
}

/** Without a connection what was known stays. */
async function refreshProfile(client: MatrixClient, userId: string): Promise<void> {
  const told: Record<string, unknown> | undefined = await client.getProfileInfo(userId).catch(() => undefined)
  if (!told) return
  const { displayname, avatar_url: avatar } = told
  const store = storeOf(client, userId)
  const next = {
    name: typeof displayname === 'string' ? displayname : localPart(userId),
    avatarMxc: typeof avatar === 'string' ? avatar : undefined,
    status: statusOf(told[statusField]),
  }
  if (JSON.stringify(next) !== JSON.stringify(store.get())) store.set(next)
}

function statusOf(value: unknown): string {
  if (typeof value !== 'object' || value === null || !('text' in value)) return ''
  return typeof value.text === 'string' ? value.text.slice(0, 200) : ''
}

export async function saveName(client: MatrixClient, name: string): Promise<void> {
  await client.setDisplayName(name)
  await refreshProfile(client, client.getSafeUserId())
}

/** An empty text takes the status away. */
export async function saveStatus(client: MatrixClient, status: string): Promise<void> {
  if (status === '') await client.deleteExtendedProfileProperty(statusField)
  else await client.setExtendedProfileProperty(statusField, { text: status })
  await refreshProfile(client, client.getSafeUserId())
}

/** Makes the picture square and small enough, and shows it to everybody. `undefined` takes it away. */
export async function savePicture(client: MatrixClient, file: File | undefined): Promise<void> {
  const mxc = file === undefined ? '' : await uploadPublic(client, await squared(file))
  await client.setAvatarUrl(mxc)
  await refreshProfile(client, client.getSafeUserId())
}

const edge = 512

async function squared(file: File): Promise<Blob> {
  const bitmap = await createImageBitmap(file)
  const side = Math.min(bitmap.width, bitmap.height)
  const canvas = new OffscreenCanvas(edge, edge)
  const context = canvas.getContext('2d')
  if (!context) throw new Error('no canvas')
  const [left, top] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2]
  context.drawImage(bitmap, left, top, side, side, 0, 0, edge, edge)
  bitmap.close()
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.88 })
}
