import { Mic, SendHorizontal, Trash2 } from 'lucide-react'
import type { Room } from 'matrix-js-sdk'
import { useEffect, useRef, useState } from 'react'
import { outbox } from '../../api/device-outbox.ts'
import { type Recording, recordVoice } from '../../api/record-voice.ts'
import { useText } from '../../i18n/text.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { showToast } from '../../ui/toast.tsx'
import styles from './voice-button.module.css'
import { formatSeconds } from './waveform.ts'

/** Records a voice message: one press begins, the next sends or throws away. */
export function VoiceButton({ room, threadId }: { room: Room; threadId?: string }) {
  const text = useText()
  const recording = useRef<Recording>(undefined)
  const [seconds, setSeconds] = useState<number>()
  const running = seconds !== undefined
  useEffect(() => {
    if (!running) return
    const timer = setInterval(() => setSeconds((before) => (before ?? 0) + 1), 1000)
    return () => clearInterval(timer)
  }, [running])
  useEffect(() => () => recording.current?.cancel(), [])

  async function begin(): Promise<void> {
    try {
      recording.current = await recordVoice()
      setSeconds(0)
    } catch {
      showToast(text('chat.noMicrophone'))
    }
  }

  async function end(send: boolean): Promise<void> {
    const ended = recording.current
    recording.current = undefined
    setSeconds(undefined)
    if (!send) return ended?.cancel()
    const attachment = await ended?.finish()
    if (!attachment) return
    const where = { roomId: room.roomId, ...(threadId !== undefined && { threadId }) }
    await outbox.add({ ...where, type: 'm.room.message', ...attachment })
  }

  if (!running)
    return (
      <IconButton label={text('chat.recordVoice')} onClick={() => void begin()}>
        <Mic size={22} aria-hidden />
      </IconButton>
    )
  return (
    <div className={styles['recording']}>
      <IconButton label={text('general.cancel')} onClick={() => void end(false)}>
        <Trash2 size={20} aria-hidden />
      </IconButton>
      <span className={styles['dot']} aria-hidden />
      <span className={styles['time']} role="timer">
        {formatSeconds(seconds)}
      </span>
      <IconButton look="filled" label={text('chat.send')} onClick={() => void end(true)}>
        <SendHorizontal size={20} aria-hidden />
      </IconButton>
    </div>
  )
}
