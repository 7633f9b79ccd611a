import type { Clock } from '../../../platform/clock.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import type { Presence } from '../../presence/api.ts'
import type { SoftChanges } from './collect.ts'

/** What wakes the sender of one service. */
export type Mailbox = {
  /** The soft changes since the last call. */
  take(): SoftChanges
  /** Resolves when the stream has gone beyond `position`, or something soft has changed. */
  changed(position: number, signal: AbortSignal): Promise<void>
  /** Resolves after a while, or when somebody says that the service is there again. */
  nudged(waitMs: number, signal: AbortSignal): Promise<void>
  nudge(): void
  /** True once in a while, when there is a new position to write down. */
  noteIsDue(position: number, nowMs: number, everyMs: number): boolean
  close(): void
}

/** Beyond this many changes the oldest are told to nobody: they are soft. */
const softMax = 1_000

export function createMailbox(
  deps: {
    stream: Pick<Stream, 'position' | 'onAdvance'>
    presence: Pick<Presence, 'onChange'>
    clock: Clock
  },
  { ephemeral }: { ephemeral: boolean },
): Mailbox {
  let roomIds = new Set<string>()
  let userIds = new Set<string>()
  let noted = { position: -1, atMs: 0 }
  let wake: () => void = () => undefined
  let nudge: () => void = () => undefined

  const stops = [deps.stream.onAdvance(() => wake())]
  if (ephemeral)
    stops.push(
      deps.presence.onChange(({ roomId, userId }) => {
        if (roomId !== undefined && roomIds.size < softMax) roomIds.add(roomId)
        if (userId !== undefined && userIds.size < softMax) userIds.add(userId)
        wake()
      }),
    )

  /** Resolves when what `arm` is given is called, or when the signal says to stop. */
  async function until(signal: AbortSignal, arm: (resolve: () => void) => void): Promise<void> {
    if (signal.aborted) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const stop = () => resolve()
    signal.addEventListener('abort', stop)
    arm(resolve)
    await promise
    signal.removeEventListener('abort', stop)
  }

  return {
    take() {
      const taken = { roomIds, userIds }
      roomIds = new Set()
      userIds = new Set()
      return taken
    },
    changed: (position, signal) =>
      until(signal, (resolve) => {
        wake = resolve
        // What came between looking and waiting.
        if (deps.stream.position() > position || roomIds.size > 0 || userIds.size > 0) resolve()
      }),
    async nudged(waitMs, signal) {
      let cancel: () => void = () => undefined
      await until(signal, (resolve) => {
        nudge = resolve
        cancel = deps.clock.after(waitMs, resolve)
      })
      cancel()
    },
    nudge: () => nudge(),
    noteIsDue(position, nowMs, everyMs) {
      if (position === noted.position || nowMs - noted.atMs < everyMs) return false
      noted = { position, atMs: nowMs }
      return true
    },
    close() {
      for (const stop of stops) stop()
    },
  }
}
