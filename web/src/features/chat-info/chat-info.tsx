import type { Room } from 'matrix-js-sdk'
import { isOpenChat } from '../../api/group-actions.ts'
import { useRoom } from '../../api/use-room.ts'
import { useText } from '../../i18n/text.ts'
import { SidePanel } from '../../ui/side-panel.tsx'
import { Access } from './access.tsx'
import styles from './chat-info.module.css'
import { Head } from './head.tsx'
import { Members } from './members.tsx'
import { NameHere } from './name-here.tsx'
import { Switches } from './switches.tsx'
import { Waiting } from './waiting.tsx'

/** All about a chat: what it is, who is in it as what, who can come in, and the way out. */
export function ChatInfo({ roomId, onClose }: { roomId: string; onClose: () => void }) {
  const text = useText()
  const room = useRoom(roomId)
  if (!room) return null
  return (
    <SidePanel title={text('info.title')} closeLabel={text('general.close')} onClose={onClose}>
      <div className={styles['sections']}>
        <Sections room={room} />
      </div>
    </SidePanel>
  )
}

function Sections({ room }: { room: Room }) {
  const text = useText()
  return (
    <>
      <Head room={room} />
      <Switches room={room} />
      <Access room={room} />
      {(isOpenChat(room) || room.isSpaceRoom()) && <NameHere room={room} />}
      <Waiting room={room} />
      <Members room={room} />
      <p className={styles['aside']}>
        {text(room.hasEncryptionStateEvent() ? 'info.encrypted' : 'info.notEncrypted')}
      </p>
    </>
  )
}
