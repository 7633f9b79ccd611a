import { useEffect, useState } from 'react'
import { formatDuration } from '../../api/call-outcome.ts'

/** How long people have been talking. */
export function CallTime() {
  const [startedAt] = useState(() => performance.now())
  const [now, setNow] = useState(startedAt)
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return <span role="timer">{formatDuration(now - startedAt)}</span>
}
