import { type ReactNode, useState } from 'react'
import { leaveChat } from '../../api/chat-actions.ts'
import type { ChatSummary } from '../../api/chat-summary.ts'
import { useClient } from '../../api/client-context.ts'
import { acceptInvitation } from '../../api/start-chat.ts'
import { useText } from '../../i18n/text.ts'
import { goTo } from '../../navigation/router.ts'
import { Button } from '../../ui/button.tsx'
import { showToast } from '../../ui/toast.tsx'
import styles from './invitation.module.css'

export function Invitation({ chat, avatar }: { chat: ChatSummary; avatar: ReactNode }) {
  const text = useText()
  const client = useClient()
  const [busy, setBusy] = useState(false)

  async function answer(work: () => Promise<void>): Promise<void> {
    setBusy(true)
    await work().catch(() => showToast(text('general.failed')))
    setBusy(false)
  }

  return (
    <div className={styles['row']}>
      {avatar}
      <span className={styles['lines']}>
        <span className={styles['name']}>{chat.name}</span>
        <span className={styles['text']}>{text('chats.invited')}</span>
      </span>
      <Button look="quiet" disabled={busy} onClick={() => void answer(() => leaveChat(client, chat.roomId))}>
        {text('chats.decline')}
      </Button>
      <Button
        look="soft"
        busy={busy}
        onClick={() =>
          void answer(async () => {
            await acceptInvitation(client, chat.roomId)
            goTo({ section: 'chats', open: chat.roomId })
          })
        }
      >
        {text('chats.accept')}
      </Button>
    </div>
  )
}
