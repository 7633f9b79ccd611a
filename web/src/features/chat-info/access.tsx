import { QrCode as QrPicture } from 'lucide-react'
import type { Room } from 'matrix-js-sdk'
import { useState } from 'react'
import { directRooms } from '../../api/chat-summary.ts'
import { useClient } from '../../api/client-context.ts'
import { joiningOf, linkTo, setJoining } from '../../api/group-actions.ts'
import { useBusy } from '../../api/use-busy.ts'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { ChoiceTabs } from '../../ui/choice-tabs.tsx'
import { showToast } from '../../ui/toast.tsx'
import styles from './chat-info.module.css'
import { CopyLink } from './copy-link.tsx'
import { LinkCode } from './link-code.tsx'

const choices = ['invite', 'knock', 'public'] as const

/** Who can come in, and the link for it. */
export function Access({ room }: { room: Room }) {
  const text = useText()
  const client = useClient()
  const [showing, setShowing] = useState(false)
  const { run } = useBusy(() => showToast(text('general.failed')))
  if (directRooms(client).has(room.roomId)) return null
  const joining = joiningOf(room)
  const mayChange = room.currentState.maySendStateEvent('m.room.join_rules', client.getSafeUserId())
  const link = linkTo(room)
  return (
    <section className={styles['section']}>
      <h3>{text('link.title')}</h3>
      {mayChange && joining !== 'restricted' ? (
        <ChoiceTabs
          wrap
          label={text('link.title')}
          value={joining}
          choices={choices.map((value) => ({ value, label: text(`link.${value}`) }))}
          onChange={(rule) => run(() => setJoining(room, rule))}
        />
      ) : (
        <p className={styles['text']}>{text(`link.${joining}`)}</p>
      )}
      {joining !== 'invite' && (
        <>
          <p className={styles['link']}>{link}</p>
          <div className={styles['buttons']}>
            <CopyLink link={link} />
            <Button look="soft" onClick={() => setShowing(true)}>
              <QrPicture size={18} aria-hidden />
              {text('link.code')}
            </Button>
          </div>
          <LinkCode room={room} link={link} open={showing} onClose={() => setShowing(false)} />
        </>
      )}
    </section>
  )
}
