import { SendHorizontal } from 'lucide-react'
import type { Room } from 'matrix-js-sdk'
import { useEffect, useState } from 'react'
import { outbox } from '../../api/device-outbox.ts'
import { loadDraft, setDraft } from '../../api/drafts.ts'
import { useText } from '../../i18n/text.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import styles from './composer.module.css'

export function Composer({ room }: { room: Room }) {
  const text = useText()
  const { roomId } = room
  const [body, setBody] = useState('')
  useEffect(() => {
    let gone = false
    void loadDraft(roomId).then((draft) => !gone && setBody(draft))
    return () => {
      gone = true
    }
  }, [roomId])

  function write(next: string): void {
    setBody(next)
    setDraft(roomId, next)
  }

  function send(): void {
    const said = body.trim()
    if (said === '') return
    write('')
    void outbox.add({ roomId, type: 'm.room.message', content: { msgtype: 'm.text', body: said } })
  }

  return (
    <form
      className={styles['composer']}
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <textarea
        aria-label={text('chat.message')}
        placeholder={text('chat.message')}
        rows={1}
        value={body}
        onChange={(event) => write(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
          event.preventDefault()
          send()
        }}
      />
      <IconButton type="submit" look="filled" label={text('chat.send')} disabled={body.trim() === ''}>
        <SendHorizontal size={20} aria-hidden />
      </IconButton>
    </form>
  )
}
