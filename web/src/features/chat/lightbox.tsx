import { Dialog } from '@base-ui/react/dialog'
import { Download, X } from 'lucide-react'
import { useText } from '../../i18n/text.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import styles from './lightbox.module.css'
import type { ShownThing } from './shown-things.ts'
import { contentOf } from './thing-content.ts'
import { useThingMedia } from './thing-media.ts'
import { useSaving } from './use-saving.ts'

/** A photo in its full size, over everything. */
export function Lightbox({ thing, onClose }: { thing: ShownThing; onClose: () => void }) {
  const text = useText()
  const { address } = useThingMedia(thing)
  const save = useSaving(contentOf(thing))
  return (
    <Dialog.Root open onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles['backdrop']} />
        <Dialog.Popup className={styles['box']} aria-label={text('preview.photo')}>
          <div className={styles['bar']}>
            {save && (
              <IconButton label={text('chat.save')} onClick={save}>
                <Download size={22} aria-hidden />
              </IconButton>
            )}
            <IconButton label={text('general.close')} onClick={onClose}>
              <X size={24} aria-hidden />
            </IconButton>
          </div>
          {address !== undefined && <img src={address} alt={String(contentOf(thing)['body'] ?? '')} />}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
