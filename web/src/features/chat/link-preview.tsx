import type { MatrixEvent } from 'matrix-js-sdk'
import { useLinkPreview } from '../../api/use-link-preview.ts'
import { useMedia } from '../../api/use-media.ts'
import styles from './link-preview.module.css'
import { linkify } from './linkify.ts'

/** What the server says of the first address in a message. In encrypted chats nobody is asked: it would tell what is said. */
export function LinkPreview({ event }: { event: MatrixEvent }) {
  const body = event.getContent()['body']
  const first =
    typeof body === 'string' && !event.isEncrypted()
      ? linkify(body).find((part) => part.kind === 'link')
      : undefined
  if (!first) return null
  return <Preview address={first.address} at={event.getTs()} />
}

function Preview({ address, at }: { address: string; at: number }) {
  const preview = useLinkPreview(address, at)
  const picture = useMedia(preview?.picture ? { url: preview.picture, edge: 320 } : undefined)
  if (!preview) return null
  return (
    <a className={styles['preview']} href={address} target="_blank" rel="noreferrer noopener">
      {picture.address !== undefined && <img src={picture.address} alt="" />}
      <span className={styles['title']}>{preview.title}</span>
      {preview.text !== undefined && <span className={styles['text']}>{preview.text}</span>}
      <span className={styles['site']}>{new URL(address).hostname}</span>
    </a>
  )
}
