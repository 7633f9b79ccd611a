import type { MatrixClient } from 'matrix-js-sdk'
import { useEffect } from 'react'
import { useTellQuietTime } from './api/quiet-time.ts'
import { useAppBadge } from './api/use-app-badge.ts'
import { startPush } from './api/web-push.ts'
import { useLanguage, useText } from './i18n/text.ts'

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
}
