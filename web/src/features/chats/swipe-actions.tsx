import { type PointerEvent, type ReactNode, useRef, useState } from 'react'
import type { MenuItem } from '../../ui/menu.tsx'
import styles from './swipe-actions.module.css'

const actionWidth = 76

/** A row that a finger draws aside to uncover what can be done with it. The press menu offers the same to everybody. */
export function SwipeActions({ actions, children }: { actions: readonly MenuItem[]; children: ReactNode }) {
  const full = actions.length * actionWidth
  const [offset, setOffset] = useState(0)
  const start = useRef<{ x: number; y: number; from: number; swiping: boolean } | undefined>(undefined)

  function move(event: PointerEvent): void {
    const begun = start.current
    if (!begun) return
    const x = event.clientX - begun.x
    const y = event.clientY - begun.y
    if (!begun.swiping) {
      if (Math.abs(y) > 10) start.current = undefined
      if (Math.abs(x) < 12 || Math.abs(x) < Math.abs(y) * 1.5) return
      begun.swiping = true
      event.currentTarget.setPointerCapture(event.pointerId)
    }
    setOffset(Math.max(-full, Math.min(0, begun.from + x)))
  }

  function end(): void {
    if (start.current?.swiping) setOffset(offset < -full / 2 ? -full : 0)
    start.current = undefined
  }

  return (
    <div className={styles['swipe']}>
      {offset < 0 && (
        <div className={styles['actions']}>
          {actions.map(({ id, label, picture, onSelect }) => (
            <button
              key={id}
              type="button"
              onClick={() => {
                setOffset(0)
                onSelect()
              }}
            >
              {picture}
              {label}
            </button>
          ))}
        </div>
      )}
      <div
        className={styles['row']}
        style={{ transform: offset === 0 ? undefined : `translateX(${offset}px)` }}
        onPointerDown={(event) => {
          if (event.pointerType === 'mouse') return
          start.current = { x: event.clientX, y: event.clientY, from: offset, swiping: false }
        }}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={end}
      >
        {children}
      </div>
    </div>
  )
}
