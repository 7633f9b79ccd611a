import { outbox } from '../../api/device-outbox.ts'
import { useStore } from '../../api/use-store.ts'
import { useText } from '../../i18n/text.ts'
import type { ShownThing } from './shown-things.ts'
import styles from './upload-progress.module.css'

/** How far the file of a message on its way has come. */
export function UploadProgress({ thing }: { thing: ShownThing }) {
  const text = useText()
  const shares = useStore(outbox.progress)
  const { entry } = thing
  if (!entry || entry.state === 'sent' || entry.state === 'failed') return null
  const share = shares.get(entry.txnId) ?? 0
  return (
    <progress className={styles['bar']} max={1} value={share} aria-label={text('chats.sending')}>
      {Math.round(share * 100)}%
    </progress>
  )
}
