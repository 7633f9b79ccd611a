import type { SoftToken } from './api.ts'

/** Numbers this node's changes of soft state, so that a token says which of them a client has been shown. */
export type SoftChanges = {
  token(): SoftToken
  /** The number of a change that happens now. */
  next(): number
  /** The last change that a token covers; undefined for tokens of other nodes and of this one before a restart. */
  shownBy(token: SoftToken | undefined): number | undefined
}

/** `nodeRun` is unique per run of a node. */
export function createSoftChanges(nodeRun: string): SoftChanges {
  let last = 0
  return {
    token: () => `${nodeRun}.${last}`,
    next: () => ++last,
    shownBy(token) {
      const match = /^(?<run>[A-Za-z0-9]+)\.(?<shown>\d{1,15})$/.exec(token ?? '')
      return match?.groups?.['run'] === nodeRun ? Number(match.groups['shown']) : undefined
    },
  }
}
