import { forget, keep, readKeptEntries } from './database.ts'
import { createStore } from './store.ts'

/** What people have begun to write, by chat. On the disk a moment after each key, so that no crash takes it. */
export const drafts = createStore<ReadonlyMap<string, string>>(new Map())

const keepAfterMs = 250
/** What is to be written to the disk in a moment, by chat. */
const unwritten = new Map<string, ReturnType<typeof setTimeout>>()

/** Brings back what was written before the page was left, for the list of chats and for the chats themselves. */
export async function startDrafts(): Promise<void> {
  // Whoever cannot read them must not be kept out of the app.
  const kept = await readKeptEntries<string>('drafts').catch(() => [])
  drafts.set(new Map(kept))
  addEventListener('pagehide', writeAll)
}

export function setDraft(chat: string, text: string): void {
  drafts.set(new Map(drafts.get()).set(chat, text))
  clearTimeout(unwritten.get(chat))
  unwritten.set(
    chat,
    setTimeout(() => write(chat), keepAfterMs),
  )
}

function writeAll(): void {
  for (const chat of [...unwritten.keys()]) write(chat)
}

function write(chat: string): void {
  clearTimeout(unwritten.get(chat))
  unwritten.delete(chat)
  const text = drafts.get().get(chat) ?? ''
  // On a disk that takes nothing the draft lives as long as the page.
  void (text === '' ? forget('drafts', chat) : keep('drafts', chat, text)).catch(() => {})
}
