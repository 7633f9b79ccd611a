import type { Attachment } from './attachments.ts'

export type Recording = {
  /** Ends it and gives the message; `undefined` for a touch that was too short to say anything. */
  finish(): Promise<Attachment | undefined>
  cancel(): void
}

const shortestMs = 500
const sampleMs = 100

/** Begins to record; throws when the person does not let us. */
export async function recordVoice(): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
  const type = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus', 'audio/mp4'].find((known) =>
    MediaRecorder.isTypeSupported(known),
  )
  const recorder = new MediaRecorder(stream, type === undefined ? {} : { mimeType: type })
  const parts: Blob[] = []
  recorder.ondataavailable = ({ data }) => parts.push(data)
  const listening = listen(stream)
  const startedAt = performance.now()
  recorder.start(250)

  async function stop(): Promise<void> {
    const stopped = new Promise((resolve) => {
      recorder.onstop = resolve
    })
    recorder.stop()
    await stopped
    for (const track of stream.getTracks()) track.stop()
    await listening.close()
  }

  return {
    async finish() {
      const duration = Math.round(performance.now() - startedAt)
      await stop()
      if (duration < shortestMs) return undefined
      const mimetype = recorder.mimeType.split(';', 1)[0] || 'audio/webm'
      const blob = new Blob(parts, { type: mimetype })
      const content = {
        msgtype: 'm.audio',
        body: 'Voice message',
        info: { mimetype, size: blob.size, duration },
        'org.matrix.msc1767.audio': { duration, waveform: listening.waveform() },
        'org.matrix.msc3245.voice': {},
      }
      return { content, file: { blob, name: `voice.${mimetype.split('/')[1]}` } }
    },
    cancel: () => void stop(),
  }
}

/** Follows how loud it is, for the shape that the message shows. */
function listen(stream: MediaStream) {
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  context.createMediaStreamSource(stream).connect(analyser)
  const samples: number[] = []
  const buffer = new Float32Array(analyser.fftSize)
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(buffer)
    samples.push(Math.round(1024 * Math.min(1, Math.max(...buffer.map(Math.abs)) * 1.5)))
  }, sampleMs)
  return {
    waveform: () => samples.slice(0, 1000),
    async close() {
      clearInterval(timer)
      await context.close()
    },
  }
}
