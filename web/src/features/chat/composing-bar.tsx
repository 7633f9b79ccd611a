import { Pencil, Reply, X } from 'lucide-react'
import type { MatrixEvent } from 'matrix-js-sdk'
import { describeEvent } from '../../api/describe-event.ts'
import { useText } from '../../i18n/text.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import styles from './composing-bar.module.css'

type ComposingBarProps = { kind: 'reply' | 'edit'; event: MatrixEvent; onCancel: () => void }

/** Above the field: what is being answered or edited. */
export function ComposingBar({ kind, event, onCancel }: ComposingBarProps) {
  const text = useText()
  return (
    <div className={styles['bar']}>
      {kind === 'reply' ? <Reply size={20} aria-hidden /> : <Pencil size={18} aria-hidden />}
      <div className={styles['lines']}>
        <span className={styles['name']}>{kind === 'reply' ? event.sender?.name : text('chat.edit')}</span>
        <span className={styles['text']}>{describeEvent(event, text)}</span>
      </div>
      <IconButton label={text('general.cancel')} onClick={onCancel}>
        <X size={18} aria-hidden />
      </IconButton>
    </div>
  )
}
