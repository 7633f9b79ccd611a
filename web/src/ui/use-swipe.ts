import { type PointerEvent, useRef } from 'react'

type Swipe = {
  /** While a finger draws: how many pixels it is from where it came down, below zero to the left. */
  onDraw: (byPx: number) => void
  /** Where it let go; 0 when the browser made something else of it. */
  onLetGo: (byPx: number) => void
}

const startPx = 12

/**
 * Follows a finger that draws something aside. Up and down stays scrolling, for which the element needs `touch-action: pan-y`,
 * and what does not move stays a press.
 */
export function useSwipe({ onDraw, onLetGo }: Swipe) {
  const start = useRef<{ x: number; y: number; drawing: boolean } | undefined>(undefined)
  const end = (event: PointerEvent, letGo: boolean) => {
    const begun = start.current
    start.current = undefined
    if (begun?.drawing) onLetGo(letGo ? event.clientX - begun.x : 0)
  }
  return {
    onPointerDown(event: PointerEvent) {
      if (event.pointerType === 'mouse') return
      start.current = { x: event.clientX, y: event.clientY, drawing: false }
    },
    onPointerMove(event: PointerEvent) {
      const begun = start.current
      if (!begun) return
      const x = event.clientX - begun.x
      const y = event.clientY - begun.y
      if (!begun.drawing) {
        if (Math.abs(y) > startPx) start.current = undefined
        if (Math.abs(x) < startPx || Math.abs(x) < Math.abs(y) * 1.5) return
        begun.drawing = true
        event.currentTarget.setPointerCapture(event.pointerId)
      }
      onDraw(x)
    },
    onPointerUp: (event: PointerEvent) => end(event, true),
    onPointerCancel: (event: PointerEvent) => end(event, false),
  }
}
