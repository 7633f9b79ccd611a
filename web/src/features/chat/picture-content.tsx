import { ImageOff } from 'lucide-react'
import { useState } from 'react'
import { useText } from '../../i18n/text.ts'
import { Lightbox } from './lightbox.tsx'
import styles from './picture-content.module.css'
import type { ShownThing } from './shown-things.ts'
import { contentOf, infoOf, numberOf } from './thing-content.ts'
import { useThingMedia } from './thing-media.ts'
import { UploadProgress } from './upload-progress.tsx'

const most = { width: 320, height: 380 }

/** A photo. Its place has its size from the start, so that nothing moves when it comes. */
export function PictureContent({ thing }: { thing: ShownThing }) {
  const text = useText()
  const [open, setOpen] = useState(false)
  const { address, failed } = useThingMedia(thing, 800)
  const content = contentOf(thing)
  return (
    <>
      <button
        type="button"
        className={styles['picture']}
        style={shownSize(content)}
        aria-label={text('chat.openPhoto')}
        onClick={() => setOpen(true)}
      >
        {address !== undefined && <img src={address} alt={String(content['body'] ?? '')} draggable={false} />}
        {failed && <ImageOff size={28} aria-label={text('general.failed')} />}
        <UploadProgress thing={thing} />
      </button>
      {open && <Lightbox thing={thing} onClose={() => setOpen(false)} />}
    </>
  )
}

export function shownSize(content: Record<string, unknown>): { width: number; aspectRatio: string } {
  const info = infoOf(content)
  const width = numberOf(info['w']) || most.width
  const height = numberOf(info['h']) || most.width * 0.75
  const scale = Math.min(1, most.width / width, most.height / height)
  return { width: Math.max(96, Math.round(width * scale)), aspectRatio: `${width} / ${height}` }
}
