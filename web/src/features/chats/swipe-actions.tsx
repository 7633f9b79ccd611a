import { type ReactNode, useState } from 'react'
import type { MenuItem } from '../../ui/menu.tsx'
import { useSwipe } from '../../ui/use-swipe.ts'
import styles from './swipe-actions.module.css'

const actionWidth = 76

/** A row that a finger draws aside to uncover what can be done with it. The press menu offers the same to everybody. */
export function SwipeActions({ actions, children }: { actions: readonly MenuItem[]; children: ReactNode }) {
  const full = actions.length * actionWidth
  const [opened, setOpened] = useState(false)
  const [drawn, setDrawn] = useState<number>()
  const rest = opened ? -full : 0
  const offset = drawn ?? rest
  const swipe = useSwipe({
    onDraw: (byPx) => setDrawn(Math.max(-full, Math.min(0, rest + byPx))),
    onLetGo(byPx) {
      setDrawn(undefined)
      setOpened(rest + byPx < -full / 2)
    },
  })
  return (
    <div className={styles['swipe']}>
      {offset < 0 && (
        <div className={styles['actions']}>
          {actions.map(({ id, label, picture, onSelect }) => (
            <button
              key={id}
              type="button"
              onClick={() => {
                setOpened(false)
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
        {...swipe}
        onClickCapture={(event) => {
          if (!opened) return
          event.stopPropagation()
          setOpened(false)
        }}
      >
        {children}
      </div>
    </div>
  )
}
