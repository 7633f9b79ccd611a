import type { Room } from 'matrix-js-sdk'
import { setMuted } from '../../api/chat-actions.ts'
import { directRooms, isMuted } from '../../api/chat-summary.ts'
import { useClient } from '../../api/client-context.ts'
import { isAnnouncementsOnly, setAnnouncementsOnly } from '../../api/group-actions.ts'
import { previewsWanted, setPreviews } from '../../api/link-previews.ts'
import { useBusy } from '../../api/use-busy.ts'
import { useChanges } from '../../api/use-changes.ts'
import { useText } from '../../i18n/text.ts'
import { SwitchRow } from '../../ui/switch-row.tsx'
import { showToast } from '../../ui/toast.tsx'
import styles from './chat-info.module.css'

const clientEvents = ['accountData'] as const
const roomEvents = ['Room.accountData'] as const

/** What is on or off: for oneself whether it makes a sound, for all who may write. */
export function Switches({ room }: { room: Room }) {
  const text = useText()
  const client = useClient()
  useChanges(client, clientEvents)
  useChanges(room, roomEvents)
  const { run } = useBusy(() => showToast(text('general.failed')))
  const isGroup = !directRooms(client).has(room.roomId) && !room.isSpaceRoom()
  const mayChange = room.currentState.maySendStateEvent('m.room.power_levels', client.getSafeUserId())
  return (
    <section className={styles['section']}>
      <SwitchRow
        title={text('info.quiet')}
        text={text('info.quietText')}
        on={isMuted(client, room.roomId)}
        onChange={(on) => run(() => setMuted(client, room.roomId, on))}
      />
      {!room.isSpaceRoom() && (
        <SwitchRow
          title={text('info.previews')}
          text={text(room.hasEncryptionStateEvent() ? 'info.previewsSecret' : 'info.previewsText')}
          on={previewsWanted(room)}
          onChange={(on) => run(() => setPreviews(room, on))}
        />
      )}
      {isGroup && mayChange && (
        <SwitchRow
          title={text('writing.title')}
          text={text('writing.text')}
          on={isAnnouncementsOnly(room)}
          onChange={(on) => run(() => setAnnouncementsOnly(room, on))}
        />
      )}
    </section>
  )
}
