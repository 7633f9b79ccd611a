import { useEffect, useRef } from 'react'
import type { ChatSummary } from '../../api/chat-summary.ts'
import { useClient } from '../../api/client-context.ts'
import { keepKnownChats } from '../../api/known-chats.ts'
import { useDrafts } from '../../api/use-drafts.ts'
import { useSecurityNotice } from '../../api/use-security-notice.ts'
import { useLanguage, useText } from '../../i18n/text.ts'
import { lastSaid } from './preview.tsx'

const keepAfterMs = 3000

/** Keeps on the device what the list shows, so that it is there at once when the app starts again. */
export function useKeepKnownChats(chats: readonly ChatSummary[], tabs: readonly string[]): void {
  const client = useClient()
  const text = useText()
  const language = useLanguage()
  const drafts = useDrafts()
  const notice = useSecurityNotice()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const keepNow = useRef(() => {})
  useEffect(() => {
    keepNow.current = () => {
      clearTimeout(timer.current)
      timer.current = undefined
      const me = client.getSafeUserId()
      const known = {
        deviceId: client.getDeviceId() ?? '',
        language,
        unread: chats.reduce((sum, chat) => sum + chat.unread, 0),
        notice,
        tabs: chats.length > 0 ? tabs : [],
        chats: chats.map((chat) => ({
          roomId: chat.roomId,
          colourOf: chat.with ?? chat.roomId,
          name: chat.name,
          line: chat.invited ? text('chats.invited') : lastSaid(chat, me, text),
          draft: drafts.get(chat.roomId),
          at: chat.at,
          unread: chat.unread,
          muted: chat.muted,
          pinned: chat.pinned,
        })),
      }
      // On a disk that takes nothing the next start has no head start.
      keepKnownChats(known).catch(() => {})
    }
    timer.current ??= setTimeout(() => keepNow.current(), keepAfterMs)
  })
  useEffect(() => {
    const leave = () => timer.current !== undefined && keepNow.current()
    addEventListener('pagehide', leave)
    return () => {
      removeEventListener('pagehide', leave)
      leave()
    }
  }, [])
}
