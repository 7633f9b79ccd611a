import type { MatrixEvent } from 'matrix-js-sdk'
import type { Text } from '../i18n/text.ts'

/** One line that says what an event is, for lists, quotes and notifications. */
export function describeEvent(event: MatrixEvent, text: Text): string {
  if (event.isRedacted()) return text('preview.deleted')
  if (event.isDecryptionFailure() || event.isBeingDecrypted() || event.getType() === 'm.room.encrypted')
    return text('preview.encrypted')
  return describeContent(event.getType(), event.getContent(), text)
}

export function describeContent(type: string, content: Record<string, unknown>, text: Text): string {
  if (type === 'm.call.invite') return text('preview.call')
  if (type === 'm.sticker') return text('preview.sticker')
  if (type.endsWith('poll.start')) return text('preview.poll', { question: pollQuestion(content) })
  const body = typeof content['body'] === 'string' ? content['body'] : ''
  switch (content['msgtype']) {
    case 'm.image':
      return text('preview.photo')
    case 'm.video':
      return text('preview.video')
    case 'm.audio':
      return text('preview.voice')
    case 'm.file':
      return text('preview.file', { name: fileName(content) })
    case 'm.location':
      return text('preview.location')
    default:
      return withoutFallback(body).replaceAll(/\s+/g, ' ')
  }
}

export function fileName({ filename, body }: Record<string, unknown>): string {
  return typeof filename === 'string' ? filename : typeof body === 'string' ? body : ''
}

/** Older clients repeat what they reply to: https://spec.matrix.org/v1.19/client-server-api/#rich-replies */
export function withoutFallback(body: string): string {
  return body.replace(/^(?:> .*\n)+\n/, '')
}

function pollQuestion(content: Record<string, unknown>): string {
  const poll = (content['m.poll'] ?? content['org.matrix.msc3381.poll.start']) as
    | { question?: Record<string, unknown> }
    | undefined
  const question = poll?.question
  const stable = question?.['m.text']
  const texts = Array.isArray(stable) ? stable.map(({ body }: { body?: unknown }) => body) : []
  return String(texts[0] ?? question?.['org.matrix.msc1767.text'] ?? question?.['body'] ?? '')
}
