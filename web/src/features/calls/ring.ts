/** Rings until it is told to stop: two soft tones every three seconds, made here, so that no file has to be there. */
export function ring(): () => void {
  const context = new AudioContext()
  const sound = () => {
    for (const [start, frequency] of [
      [0, 587],
      [0.22, 784],
    ] as const)
      tone(context, context.currentTime + start, frequency)
  }
  sound()
  const timer = setInterval(sound, 3000)
  navigator.vibrate?.([200, 100, 200])
  return () => {
    clearInterval(timer)
    context.close().catch(() => undefined)
  }
}

function tone(context: AudioContext, at: number, frequency: number): void {
  const oscillator = context.createOscillator()
  const volume = context.createGain()
  oscillator.frequency.value = frequency
  volume.gain.setValueAtTime(0, at)
  volume.gain.linearRampToValueAtTime(0.16, at + 0.03)
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.9)
  oscillator.connect(volume).connect(context.destination)
  oscillator.start(at)
  oscillator.stop(at + 1)
}
