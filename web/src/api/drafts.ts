import { forget, keep, readKept } from './database.ts'
import { createStore } from './store.ts'

/** What people have begun to write, by chat. On the disk a moment after each key, so that no crash takes it. */
export const drafts = createStore<ReadonlyMap<string, string>>(new Map())

const keepAfterMs = 250
const timers = new Map<string, ReturnType<typeof setTimeout>>()

/** Brings back what was written before the page was left. */
export async function loadDraft(roomId: string): Promise<string> {
  const known = drafts.get().get(roomId)
  if (known !== undefined) return known
  const kept = (await readKept<string>('drafts', roomId)) ?? ''
  const meanwhile = drafts.get().get(roomId)
  if (meanwhile !== undefined) return meanwhile
  if (kept !== '') drafts.set(new Map(drafts.get()).set(roomId, kept))
  return kept
}

export function setDraft(roomId: string, text: string): void {
  drafts.set(new Map(drafts.get()).set(roomId, text))
  clearTimeout(timers.get(roomId))
  const write = () => (text === '' ? forget('drafts', roomId) : keep('drafts', roomId, text))
  timers.set(
    roomId,
    setTimeout(() => void write(), keepAfterMs),
  )
}
