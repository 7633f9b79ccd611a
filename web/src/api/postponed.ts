import { keep, readKept } from './database.ts'
import { createStore } from './store.ts'

/** What the person said "not now" to on this device. Signing out forgets it. */
export type Postponed = { confirm?: boolean; recovery?: boolean }

const state = createStore<Postponed | undefined>(undefined)
export const postponed = { get: state.get, subscribe: state.subscribe }

export async function readPostponed(): Promise<void> {
  const kept = await readKept<Postponed>('kept', 'security-postponed').catch(() => undefined)
  state.set(kept ?? {})
}

export async function postpone(what: keyof Postponed, later = true): Promise<void> {
  const next = { ...state.get(), [what]: later }
  state.set(next)
  await keep('kept', 'security-postponed', next)
}
