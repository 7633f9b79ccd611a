import { drafts } from './drafts.ts'
import { useStore } from './use-store.ts'

export function useDrafts(): ReadonlyMap<string, string> {
  return useStore(drafts)
}
