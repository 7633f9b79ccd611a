const bars = 32

/** The shape of a sound, as heights from 0 to 1; a flat line when the message does not tell. */
export function waveformOf(content: Record<string, unknown>): number[] {
  const audio = content['org.matrix.msc1767.audio'] as { waveform?: unknown } | undefined
  const told = Array.isArray(audio?.waveform)
    ? audio.waveform.filter((value) => typeof value === 'number')
    : []
  return told.length === 0 ? new Array<number>(bars).fill(0.15) : resample(told.map((value) => value / 1024))
}

/** As many bars as are drawn, each the loudest moment of its share. */
export function resample(samples: readonly number[]): number[] {
  return Array.from({ length: bars }, (_, bar) => {
    const from = Math.floor((bar * samples.length) / bars)
    const to = Math.max(from + 1, Math.floor(((bar + 1) * samples.length) / bars))
    return Math.min(1, Math.max(0, ...samples.slice(from, to)))
  })
}

export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
