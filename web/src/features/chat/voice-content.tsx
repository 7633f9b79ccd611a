import { Pause, Play } from 'lucide-react'
import { useRef, useState } from 'react'
import { useText } from '../../i18n/text.ts'
import type { ShownThing } from './shown-things.ts'
import { contentOf, infoOf, numberOf } from './thing-content.ts'
import { useThingMedia } from './thing-media.ts'
import styles from './voice-content.module.css'
import { formatSeconds, waveformOf } from './waveform.ts'

/** A voice message or other sound: play, pause, and where it stands. */
export function VoiceContent({ thing }: { thing: ShownThing }) {
  const text = useText()
  const audio = useRef<HTMLAudioElement>(null)
  const [playing, setPlaying] = useState(false)
  const [at, setAt] = useState(0)
  const { address } = useThingMedia(thing)
  const content = contentOf(thing)
  const seconds = (numberOf(infoOf(content)['duration']) ?? 0) / 1000
  const bars = waveformOf(content)

  function toggle(): void {
    if (playing) audio.current?.pause()
    else void audio.current?.play()
  }

  return (
    <div className={styles['voice']}>
      <button
        type="button"
        className={styles['button']}
        aria-label={text(playing ? 'chat.pause' : 'chat.play')}
        disabled={address === undefined}
        onClick={toggle}
      >
        {playing ? <Pause size={20} aria-hidden /> : <Play size={20} aria-hidden />}
      </button>
      <span className={styles['wave']} aria-hidden>
        {bars.map((height, index) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: bars have no other name than their place.
            key={index}
            className={seconds > 0 && index / bars.length < at / seconds ? styles['played'] : undefined}
            style={{ height: `${Math.round(4 + height * 20)}px` }}
          />
        ))}
      </span>
      <span className={styles['time']}>{formatSeconds(playing || at > 0 ? at : seconds)}</span>
      {/* biome-ignore lint/a11y/useMediaCaption: people's own voices have none. */}
      <audio
        ref={audio}
        src={address}
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
        onEnded={() => setAt(0)}
      />
    </div>
  )
}
