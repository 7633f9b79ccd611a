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
  count: number,
) {
  const sticking = useRef(true)
  const moved = useRef(false)
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
      if (sticking.current) element.scrollTop = element.scrollHeight
    })
    observer.observe(content)
    observer.observe(element)
    const move = () => {
      moved.current = true
    }
    const inputs = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const
    for (const input of inputs) element.addEventListener(input, move, { passive: true })
    return () => {
      observer.disconnect()
      for (const input of inputs) element.removeEventListener(input, move)
    }
  }, [scroller])

  /** To be called with each scroll. Only a person's own movement lets go of the end. */
  function look(handle: VirtualizerHandle, offset: number): void {
    const near = handle.scrollSize - handle.viewportSize - offset < nearEndPx
    if (near) sticking.current = true
    else if (moved.current) sticking.current = false
    if (near) moved.current = false
    setAtEnd(near || sticking.current)
  }

  /** Something else is to be looked at, such as a message that was jumped to. */
  function letGo(): void {
    sticking.current = false
    setAtEnd(false)
  }

  return { atEnd, look, letGo, toEnd }
}
