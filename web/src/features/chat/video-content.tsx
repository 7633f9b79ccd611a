import { Play } from 'lucide-react'
import { useState } from 'react'
import { useText } from '../../i18n/text.ts'
import pictureStyles from './picture-content.module.css'
import { shownSize } from './picture-content.tsx'
import type { ShownThing } from './shown-things.ts'
import { contentOf } from './thing-content.ts'
import { useThingMedia, useThumbnail } from './thing-media.ts'
import { UploadProgress } from './upload-progress.tsx'
import styles from './video-content.module.css'

/** A video, which is only loaded when somebody wants to see it. */
export function VideoContent({ thing }: { thing: ShownThing }) {
  const text = useText()
  const [wanted, setWanted] = useState(false)
  const content = contentOf(thing)
  const { address } = useThumbnail(thing)
  if (wanted) return <Player thing={thing} />
  return (
    <button
      type="button"
      className={pictureStyles['picture']}
      style={shownSize(content)}
      aria-label={text('chat.playVideo')}
      onClick={() => setWanted(true)}
    >
      {address !== undefined && <img src={address} alt="" draggable={false} />}
      <span className={styles['play']}>
        <Play size={28} aria-hidden />
      </span>
      <UploadProgress thing={thing} />
    </button>
  )
}

function Player({ thing }: { thing: ShownThing }) {
  const { address } = useThingMedia(thing)
  return (
    <div className={pictureStyles['picture']} style={shownSize(contentOf(thing))}>
      {/* biome-ignore lint/a11y/useMediaCaption: people's own videos have none. */}
      {address !== undefined && <video src={address} controls autoPlay playsInline />}
    </div>
  )
}
