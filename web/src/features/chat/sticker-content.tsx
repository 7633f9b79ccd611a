import { ImageOff } from 'lucide-react'
import { useText } from '../../i18n/text.ts'
import type { ShownThing } from './shown-things.ts'
import styles from './sticker-content.module.css'
import { contentOf, infoOf, numberOf } from './thing-content.ts'
import { useThingMedia } from './thing-media.ts'

const edgeMost = 160

/** A sticker stands for itself: nothing to open, and what it says is there for who points at it or cannot see it. */
export function StickerContent({ thing }: { thing: ShownThing }) {
  const text = useText()
  const { address, failed } = useThingMedia(thing)
  const content = contentOf(thing)
  const body = String(content['body'] ?? '')
  const info = infoOf(content)
  const width = numberOf(info['w']) || edgeMost
  const height = numberOf(info['h']) || edgeMost
  const scale = edgeMost / Math.max(width, height)
  return (
    <div className={styles['sticker']} style={{ width: width * scale, height: height * scale }}>
      {address !== undefined && <img src={address} alt={body} title={body} draggable={false} />}
      {failed && <ImageOff size={28} aria-label={text('general.failed')} />}
    </div>
  )
}
