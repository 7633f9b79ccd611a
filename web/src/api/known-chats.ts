import { keepWhile, readKept } from './database.ts'
import { createStore } from './store.ts'

/** A chat as the list showed it last, in the words of the person's language. */
export type KnownChat = {
  roomId: string
  /** What the colour of its picture is made from. */
  colourOf: string
  name: string
  line: string
  draft: string | undefined
  at: number
  unread: number
  muted: boolean
  pinned: boolean
}

export type KnownChats = {
  /** The device that it was kept for. */
  deviceId: string
  language: string
  /** Unread messages in all chats. */
  unread: number
  notice: 'unconfirmed' | 'recovery' | undefined
  /** The choices above the list; none above an empty one. */
  tabs: readonly string[]
  chats: readonly KnownChat[]
}

const key = 'known-chats'
/** More than a screen shows. */
const chatsMost = 30

/**
 * The top of the list of chats as it stood when the app was last open on this device: shown at once, until the SDK has
 * read what it keeps. Signing out forgets it.
 */
export const knownChats = createStore<KnownChats | undefined>(undefined)

/** To be called once, before anything is drawn. Whatever goes wrong here only costs the head start. */
export async function startKnownChats(deviceId: string): Promise<void> {
  const kept = await readKept<KnownChats>('kept', key).catch(() => undefined)
  if (kept?.deviceId === deviceId) knownChats.set(kept)
}

/** Keeps the list for the next start, unless the person has signed out meanwhile. */
export async function keepKnownChats(known: KnownChats): Promise<void> {
  const kept = { ...known, chats: known.chats.slice(0, chatsMost) }
  await keepWhile('kept', key, kept, {
    key: 'session',
    holds: (session: { deviceId?: unknown } | undefined) => session?.deviceId === known.deviceId,
  })
}
