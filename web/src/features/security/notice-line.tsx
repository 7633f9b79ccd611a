import { ShieldAlert, ShieldCheck } from 'lucide-react'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import styles from './security-notice.module.css'

/** Without what can be done, while the app is still starting. */
type NoticeLineProps = { kind: 'unconfirmed' | 'recovery'; onOpen?: () => void; onLater?: () => void }

/** The line itself. */
export function NoticeLine({ kind, onOpen, onLater }: NoticeLineProps) {
  const text = useText()
  if (kind === 'unconfirmed')
    return (
      <div className={styles['notice']}>
        <ShieldAlert size={22} aria-hidden />
        <p>{text('security.unconfirmed')}</p>
        <Button look="quiet" disabled={!onOpen} onClick={onOpen}>
          {text('security.confirmNow')}
        </Button>
      </div>
    )
  return (
    <div className={styles['notice']}>
      <ShieldCheck size={22} aria-hidden />
      <p>{text('security.recoveryOffer')}</p>
      <div className={styles['actions']}>
        <Button look="quiet" disabled={!onOpen} onClick={onOpen}>
          {text('security.setUp')}
        </Button>
        <Button look="quiet" disabled={!onLater} onClick={onLater}>
          {text('security.later')}
        </Button>
      </div>
    </div>
  )
}
