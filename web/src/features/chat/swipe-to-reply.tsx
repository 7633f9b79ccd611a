import { Reply } from 'lucide-react'
import { type ComponentProps, useState } from 'react'
import { classNames } from '../../ui/class-names.ts'
import { useSwipe } from '../../ui/use-swipe.ts'
import styles from './swipe-to-reply.module.css'

/** So far a message is drawn to be answered, and not much further. */
const enoughPx = 56
const mostPx = 72

type SwipeToReplyProps = ComponentProps<'div'> & {
  /** Without it the row stays where it is. */
  onReply: (() => void) | undefined
}

/** The row of a message, which a finger draws to the left to answer it. The menu offers the same to everybody. */
export function SwipeToReply({ onReply, className, children, ...rest }: SwipeToReplyProps) {
  const [drawn, setDrawn] = useState(0)
  const swipe = useSwipe({
    onDraw: (byPx) => setDrawn(Math.max(-mostPx, Math.min(0, byPx))),
    onLetGo(byPx) {
      setDrawn(0)
      if (byPx < -enoughPx) onReply?.()
    },
  })
  return (
    <div
      {...rest}
      {...(onReply && swipe)}
      className={classNames(styles['row'], className)}
      style={drawn === 0 ? undefined : { transform: `translateX(${drawn}px)` }}
    >
      {children}
      {drawn !== 0 && (
        <span className={classNames(styles['sign'], drawn < -enoughPx && styles['enough'])} aria-hidden>
          <Reply size={20} />
        </span>
      )}
    </div>
  )
}
