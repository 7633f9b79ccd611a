/** What has to be known of an event to tell how a call went. */
export type CallSaid = { type: string; callId: unknown; at: number }

export type CallOutcome =
  | { kind: 'ringing' }
  | { kind: 'missed' }
  | { kind: 'declined' }
  | { kind: 'underWay' }
  | { kind: 'ended'; durationMs: number }

/** How a call went, from what was said in its room after the invitation. */
export function callOutcome(callId: unknown, said: readonly CallSaid[], expired: boolean): CallOutcome {
  const about = said.filter((event) => event.callId === callId)
  const at = (type: string) => about.find((event) => event.type === type)?.at
  const answered = at('m.call.answer')
  const ended = at('m.call.hangup')
  if (at('m.call.reject') !== undefined && answered === undefined) return { kind: 'declined' }
  if (answered !== undefined)
    return ended === undefined
      ? { kind: 'underWay' }
      : { kind: 'ended', durationMs: Math.max(0, ended - answered) }
  return ended !== undefined || expired ? { kind: 'missed' } : { kind: 'ringing' }
}

/** How long a call took, such as 0:07 or 1:02:30. */
export function formatDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const two = (part: number) => String(part).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}
