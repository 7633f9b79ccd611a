import type { Failure } from './types.ts'

/** Where workloads tell what happens, while it happens. All numbers of a drill come from it. */
export type Recorder = {
  /** A site answered as wanted, or not; every attempt counts, also those that the client repeats. */
  attempt(site: string, failure?: Failure): void
  /** A client wants something done; the answer of `wanted` is told how it ended. */
  wanted(client: string): Wanted
  /** A person stopped typing because too much was unsent. */
  heldBack(): void
  /** A request that was refused with 503 or 429 succeeded this long after its first refusal. */
  readmitted(afterMs: number): void
  /** A message reached another device this long after its acknowledgement. */
  arrived(afterMs: number): void
}

export type Wanted = {
  /** The first attempt begins now. */
  begun(): void
  done(): void
  failed(): void
}
