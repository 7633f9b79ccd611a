import type { MatrixClient } from 'matrix-js-sdk'
import { useEffect } from 'react'
import { useTellQuietTime } from './api/quiet-time.ts'
import { useAppBadge } from './api/use-app-badge.ts'
import { startPush } from './api/web-push.ts'
import { useLanguage, useText } from './i18n/text.ts'
import { goTo } from './navigation/router.ts'

/** Everything of notifications that goes on while the app is open. To be used once. */
export function useNotifications(client: MatrixClient, unread: number): void {
  const text = useText()
  const language = useLanguage()
  useTellQuietTime()
  useAppBadge(unread)
  useEffect(() => {
    // Without a connection the subscription of the last time goes on.
    startPush(client, text, language).catch(() => undefined)
  }, [client, text, language])
  useEffect(() => {
    navigator.serviceWorker?.addEventListener('message', openChat)
    return () => navigator.serviceWorker?.removeEventListener('message', openChat)
  }, [])
}

/** A notification was pressed, and the service worker found this window. */
function openChat({ data }: MessageEvent<unknown>): void {
  if (typeof data !== 'object' || data === null || !('kind' in data) || data.kind !== 'open-chat') return
  const { roomId, eventId } = data as { roomId?: unknown; eventId?: unknown }
  goTo({
    section: 'chats',
    ...(typeof roomId === 'string' && { open: roomId }),
    ...(typeof eventId === 'string' && { event: eventId }),
  })
}
