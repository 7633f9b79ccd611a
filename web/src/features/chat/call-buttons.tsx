import { Phone, Video } from 'lucide-react'
import type { Room } from 'matrix-js-sdk'
import { placeCall } from '../../api/calls.ts'
import { useClient } from '../../api/client-context.ts'
import { useText } from '../../i18n/text.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { showToast } from '../../ui/toast.tsx'

/** Calling the other person of a chat of two. */
export function CallButtons({ room }: { room: Room }) {
  const text = useText()
  const client = useClient()
  if (!client.supportsVoip() || room.getJoinedMemberCount() !== 2) return null

  function call(video: boolean): void {
    placeCall(client, room.roomId, video).catch(() => showToast(text('general.failed')))
  }

  return (
    <>
      <IconButton label={text('calls.voiceCall')} onClick={() => call(false)}>
        <Phone size={21} aria-hidden />
      </IconButton>
      <IconButton label={text('calls.videoCall')} onClick={() => call(true)}>
        <Video size={23} aria-hidden />
      </IconButton>
    </>
  )
}
