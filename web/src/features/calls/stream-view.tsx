import { useEffect, useRef } from 'react'
import { classNames } from '../../ui/class-names.ts'
import styles from './stream-view.module.css'

type StreamViewProps = {
  stream: MediaStream
  className?: string | undefined
  muted?: boolean
  /** As people know themselves from mirrors. */
  mirrored?: boolean
  /** Only to be heard. */
  hidden?: boolean
}

/** Sound and picture that come in, or one's own picture. */
export function StreamView({ stream, className, muted, mirrored, hidden }: StreamViewProps) {
  const element = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    if (element.current) element.current.srcObject = stream
  }, [stream])
  return (
    <video
      ref={element}
      className={classNames(className, mirrored && styles['mirrored'], hidden && styles['hidden'])}
      autoPlay
      playsInline
      muted={muted}
    />
  )
}
