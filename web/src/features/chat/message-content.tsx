import { LockKeyhole } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { withoutFallback } from '../../api/describe-event.ts'
import { useText } from '../../i18n/text.ts'
import { CallContent } from './call-content.tsx'
import { FileContent } from './file-content.tsx'
import { Linked } from './linked.tsx'
import { LocationContent } from './location-content.tsx'
import styles from './message-content.module.css'
import { PictureContent } from './picture-content.tsx'
import { PollContent } from './poll-content.tsx'
import { RichText } from './rich-text.tsx'
import type { ShownThing } from './shown-things.ts'
import { StickerContent } from './sticker-content.tsx'
import { contentOf, typeOf } from './thing-content.ts'
import { VideoContent } from './video-content.tsx'
import { VoiceContent } from './voice-content.tsx'

const Money = lazy(() => import('../money/money.tsx').then(({ Money }) => ({ default: Money })))

/** What stands in a bubble. */
export function MessageContent({ thing }: { thing: ShownThing }) {
  const text = useText()
  const { event } = thing
  if (event?.isRedacted()) return <p className={styles['aside']}>{text('preview.deleted')}</p>
  if (event && (event.isDecryptionFailure() || event.getType() === 'm.room.encrypted'))
    return (
      <p className={styles['aside']}>
        <LockKeyhole size={14} aria-hidden />
        {text(event.isDecryptionFailure() ? 'chat.locked' : 'preview.encrypted')}
      </p>
    )
  const type = typeOf(thing)
  if (type.endsWith('poll.start')) return <PollContent thing={thing} />
  if (type === 'm.call.invite' && event) return <CallContent event={event} />
  if (type === 'm.sticker') return <StickerContent thing={thing} />
  switch (contentOf(thing)['msgtype']) {
    case 'm.image':
      return <PictureContent thing={thing} />
    case 'm.video':
      return <VideoContent thing={thing} />
    case 'm.audio':
      return <VoiceContent thing={thing} />
    case 'm.file':
      return <FileContent thing={thing} />
    case 'org.dure.money':
      return (
        <Suspense fallback={<TextContent content={contentOf(thing)} edited={false} />}>
          <Money content={contentOf(thing)} />
        </Suspense>
      )
    case 'm.location':
      return <LocationContent content={contentOf(thing)} />
    default:
      return <TextContent content={contentOf(thing)} edited={event?.replacingEvent() != null} />
  }
}

function TextContent({ content, edited }: { content: Record<string, unknown>; edited: boolean }) {
  const text = useText()
  const html = content['format'] === 'org.matrix.custom.html' ? content['formatted_body'] : undefined
  return (
    <div className={styles['text']}>
      {typeof html === 'string' ? (
        <RichText html={html} />
      ) : (
        <Linked text={withoutFallback(String(content['body'] ?? ''))} />
      )}
      {edited && <span className={styles['edited']}>{text('chat.edited')}</span>}
    </div>
  )
}
