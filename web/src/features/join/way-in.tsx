import { useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { askToJoin, type ChatFacts, joinChat } from '../../api/join-chat.ts'
import { acceptInvitation } from '../../api/start-chat.ts'
import { useBusy } from '../../api/use-busy.ts'
import { useText } from '../../i18n/text.ts'
import { goTo } from '../../navigation/router.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { showToast } from '../../ui/toast.tsx'
import styles from './join.module.css'

type WayInProps = { facts: ChatFacts; membership: string | undefined }

/** The button that leads in, where there is one. */
export function WayIn({ facts, membership }: WayInProps) {
  const text = useText()
  const client = useClient()
  const [name, setName] = useState('')
  const [asked, setAsked] = useState(false)
  const { busy, run } = useBusy(() => showToast(text('join.refused')))
  const { roomId, joining, encrypted, isCommunity } = facts
  if (membership === 'ban') return <p className={styles['word']}>{text('join.banned')}</p>
  const invited = membership === 'invite'
  if (!invited && (asked || membership === 'knock'))
    return <p className={styles['word']}>{text('join.asked')}</p>
  if (joining === 'closed' && !invited) return <p className={styles['word']}>{text('join.closed')}</p>
  const asks = joining === 'ask' && !invited

  async function enter(): Promise<void> {
    if (asks) {
      await askToJoin(client, roomId)
      setAsked(true)
      return
    }
    if (invited && name.trim() === '') await acceptInvitation(client, roomId)
    else await joinChat(client, roomId, name)
    goTo({ section: 'chats', open: roomId }, { replace: true })
  }

  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault()
        run(enter)
      }}
    >
      {!asks && !encrypted && !isCommunity && (
        <TextField
          label={text('join.nameHere')}
          hint={text('join.nameHint')}
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.target.value)}
        />
      )}
      <Button type="submit" wide busy={busy}>
        {text(asks ? 'join.ask' : 'join.join')}
      </Button>
    </form>
  )
}
