import { createStore } from './store.ts'

const state = createStore<string | undefined>(undefined)
/** Whose profile is shown above everything else, if anybody's. */
export const shownProfile = { get: state.get, subscribe: state.subscribe }

/** Shows the profile of a person, wherever their picture was pressed. */
export function showProfile(userId: string): void {
  state.set(userId)
}

export function closeProfile(): void {
  state.set(undefined)
}
