import type { Room } from 'matrix-js-sdk'
import { useCallback, useEffect, useRef } from 'react'
import { useClient } from './client-context.ts'

const lastsMs = 20_000
const repeatMs = 10_000

/** Tells the others that somebody is typing, at most every few seconds, and that they have stopped. */
export function useTellTyping(room: Room): (typing: boolean) => void {
  const client = useClient()
  const toldAt = useRef(0)
  const tell = useCallback(
    (typing: boolean) => {
      const now = Date.now()
      if (typing ? now - toldAt.current < repeatMs : toldAt.current === 0) return
      toldAt.current = typing ? now : 0
      // Nobody misses it when it does not arrive.
      client.sendTyping(room.roomId, typing, lastsMs).catch(() => {})
    },
    [client, room],
  )
  useEffect(() => () => tell(false), [tell])
  return tell
}
