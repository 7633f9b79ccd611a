import { useEffect } from 'react'

/** Shows on the icon of the installed app how much is unread, where the system can. */
export function useAppBadge(count: number): void {
  useEffect(() => {
    const done = count > 0 ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.()
    done?.catch(() => undefined)
  }, [count])
}
