import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { VirtualizerHandle } from 'virtua'

const nearEndPx = 48

/**
 * Keeps the newest message in view, also while pictures and polls above it find their size, until the person scrolls
 * away from it; scrolling back to the end takes it up again.
 */
export function useStickToEnd(
  list: RefObject<VirtualizerHandle | null>,
  scroller: RefObject<HTMLElement | null>,
  { count, hasNewer }: { count: number; hasNewer: boolean },
) {
  // Where newer messages are not here, the end of what is here is no place to stay at.
  const sticking = useRef(!hasNewer)
  const moved = useRef(false)
  /** A finger is on the list: while it scrolls, browsers tell of its movement only now and then. */
  const held = useRef(false)
  const [atEnd, setAtEnd] = useState(true)

  function toEnd(): void {
    sticking.current = true
    list.current?.scrollToIndex(count - 1, { align: 'end' })
  }

  useLayoutEffect(() => {
    if (sticking.current) list.current?.scrollToIndex(count - 1, { align: 'end' })
  }, [list, count])

  useEffect(() => {
    const element = scroller.current
    const content = element?.lastElementChild
    if (!element || !content) return
    const observer = new ResizeObserver(() => {
      if (sticking.current && !held.current) element.scrollTop = element.scrollHeight
    })
    observer.observe(content)
    observer.observe(element)
    const move = () => {
      moved.current = true
    }
    const hold = () => {
      held.current = true
      moved.current = true
    }
    const release = () => {
      held.current = false
    }
    const listeners = [
      ['wheel', move],
      ['keydown', move],
      ['pointerdown', move],
      ['touchstart', hold],
      ['touchend', release],
      ['touchcancel', release],
    ] as const
    for (const [input, listener] of listeners) element.addEventListener(input, listener, { passive: true })
    return () => {
      observer.disconnect()
      for (const [input, listener] of listeners) element.removeEventListener(input, listener)
    }
  }, [scroller])

  /** To be called with each scroll. Only a person's own movement lets go of the end. */
  function look(handle: VirtualizerHandle, offset: number): void {
    const near = handle.scrollSize - handle.viewportSize - offset < nearEndPx
    if (near) sticking.current = !hasNewer
    else if (moved.current) sticking.current = false
    if (near && !held.current) moved.current = false
    setAtEnd(near || sticking.current)
  }

  /** Something else is to be looked at, such as a message that was jumped to. */
  function letGo(): void {
    sticking.current = false
    setAtEnd(false)
  }

  return { atEnd, look, letGo, toEnd }
}
