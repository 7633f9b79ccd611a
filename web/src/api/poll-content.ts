import { M_POLL_KIND_DISCLOSED } from 'matrix-js-sdk'
import { PollStartEvent } from 'matrix-js-sdk/lib/extensible_events_v1/PollStartEvent.js'

/** The event that opens a poll of one choice whose votes everybody sees. */
export function pollContent(
  question: string,
  answers: readonly string[],
): { type: string; content: Record<string, unknown> } {
  const { type, content } = PollStartEvent.from(question, [...answers], M_POLL_KIND_DISCLOSED).serialize()
  return { type, content: { ...content } }
}
