import { M_POLL_KIND_DISCLOSED } from 'matrix-js-sdk'
import { PollEndEvent } from 'matrix-js-sdk/lib/extensible_events_v1/PollEndEvent.js'
import { PollStartEvent } from 'matrix-js-sdk/lib/extensible_events_v1/PollStartEvent.js'

/** The event that opens a poll of one choice whose votes everybody sees. */
export function pollContent(
  question: string,
  answers: readonly string[],
): { type: string; content: Record<string, unknown> } {
  const { type, content } = PollStartEvent.from(question, [...answers], M_POLL_KIND_DISCLOSED).serialize()
  return { type, content: { ...content } }
}

/** The event that closes a poll; `words` is what clients that know no polls show. */
export function pollEndContent(
  pollId: string,
  words: string,
): { type: string; content: Record<string, unknown> } {
  const { type, content } = PollEndEvent.from(pollId, words).serialize()
  return { type, content: { ...content } }
}
