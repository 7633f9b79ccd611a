import { useTellQuietTime } from './api/quiet-time.ts'
import { useAppBadge } from './api/use-app-badge.ts'

/** Everything of notifications that goes on while the app is open. To be used once. */
export function useNotifications(unread: number): void {
  useTellQuietTime()
  useAppBadge(unread)
}
