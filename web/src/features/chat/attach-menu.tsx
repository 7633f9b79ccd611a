import { BarChart3, FileText, Image, MapPin, Plus } from 'lucide-react'
import type { Room } from 'matrix-js-sdk'
import { useRef, useState } from 'react'
import { attachmentOf } from '../../api/attachments.ts'
import { outbox } from '../../api/device-outbox.ts'
import { useText } from '../../i18n/text.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu } from '../../ui/menu.tsx'
import { showToast } from '../../ui/toast.tsx'
import styles from './attach-menu.module.css'
import { NewPoll } from './new-poll.tsx'

/** What can be sent besides text. */
export function AttachMenu({ room, threadId }: { room: Room; threadId?: string }) {
  const text = useText()
  const photos = useRef<HTMLInputElement>(null)
  const files = useRef<HTMLInputElement>(null)
  const [asking, setAsking] = useState(false)
  const where = { roomId: room.roomId, ...(threadId !== undefined && { threadId }) }

  async function attach(chosen: FileList | null): Promise<void> {
    for (const file of chosen ?? [])
      await outbox.add({ ...where, type: 'm.room.message', ...(await attachmentOf(file)) })
  }

  function sendPlace(): void {
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude } }) => {
        const uri = `geo:${latitude.toFixed(6)},${longitude.toFixed(6)}`
        const content = { msgtype: 'm.location', body: uri, geo_uri: uri }
        void outbox.add({ ...where, type: 'm.room.message', content })
      },
      () => showToast(text('chat.noLocation')),
      { enableHighAccuracy: true, timeout: 15_000 },
    )
  }

  return (
    <>
      <Menu
        trigger={
          <IconButton label={text('chat.attach')}>
            <Plus size={24} aria-hidden />
          </IconButton>
        }
        items={[
          {
            id: 'photo',
            label: text('chat.photoOrVideo'),
            picture: <Image size={18} />,
            onSelect: () => photos.current?.click(),
          },
          {
            id: 'file',
            label: text('chat.file'),
            picture: <FileText size={18} />,
            onSelect: () => files.current?.click(),
          },
          {
            id: 'poll',
            label: text('chat.poll'),
            picture: <BarChart3 size={18} />,
            onSelect: () => setAsking(true),
          },
          {
            id: 'place',
            label: text('preview.location'),
            picture: <MapPin size={18} />,
            onSelect: sendPlace,
          },
        ]}
      />
      {[
        { name: 'photos', field: photos, accept: 'image/*,video/*' },
        { name: 'files', field: files, accept: undefined },
      ].map(({ name, field, accept }) => (
        <input
          key={name}
          ref={field}
          className={styles['field']}
          type="file"
          multiple
          accept={accept}
          aria-label={text(name === 'photos' ? 'chat.photoOrVideo' : 'chat.file')}
          tabIndex={-1}
          onChange={(event) => {
            void attach(event.target.files).finally(() => {
              event.target.value = ''
            })
          }}
        />
      ))}
      <NewPoll room={room} open={asking} onClose={() => setAsking(false)} />
    </>
  )
}
