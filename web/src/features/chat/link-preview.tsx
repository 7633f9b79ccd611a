import type { MatrixEvent, Room } from 'matrix-js-sdk'
import { previewsWanted } from '../../api/link-previews.ts'
import { useLinkPreview } from '../../api/use-link-preview.ts'
import { useMedia } from '../../api/use-media.ts'
import styles from './link-preview.module.css'
import { linkify } from './linkify.ts'

/** What the server says of the first web address in a message, where it may be asked. */
export function LinkPreview({ event, room }: { event: MatrixEvent; room: Room }) {
  const { body, msgtype } = event.getContent()
  if (typeof body !== 'string' || msgtype !== 'm.text' || event.isRedacted() || !previewsWanted(room))
    return null
  const first = linkify(body).find((part) => part.kind === 'link')
  if (!first || new URL(first.address).origin === location.origin) return null
  return <Preview address={first.address} at={event.getTs()} />
}

function Preview({ address, at }: { address: string; at: number }) {
  const preview = useLinkPreview(address, at)
  const picture = useMedia(preview?.picture ? { url: preview.picture, edge: 320 } : undefined)
  if (!preview) return null
  return (
    <a className={styles['preview']} href={address} target="_blank" rel="noreferrer noopener">
      {preview.picture !== undefined && (
        <span className={styles['picture']}>
          {picture.address !== undefined && <img src={picture.address} alt="" />}
        </span>
      )}
      <span className={styles['title']}>{preview.title}</span>
      {preview.text !== undefined && <span className={styles['text']}>{preview.text}</span>}
      <span className={styles['site']}>{new URL(address).hostname}</span>
    </a>
  )
}
