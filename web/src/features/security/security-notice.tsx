import { ShieldAlert, ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import { postpone, postponed } from '../../api/postponed.ts'
import { security } from '../../api/security.ts'
import { useStore } from '../../api/use-store.ts'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import styles from './security-notice.module.css'
import { SetUpRecovery } from './set-up-recovery.tsx'

/** A line above the chats for as long as older messages are locked, or could be lost with this device. */
export function SecurityNotice() {
  const text = useText()
  const standing = useStore(security)
  const later = useStore(postponed)
  const [open, setOpen] = useState(false)
  if (standing.kind === 'unconfirmed' && later?.confirm)
    return (
      <div className={styles['notice']}>
        <ShieldAlert size={22} aria-hidden />
        <p>{text('security.unconfirmed')}</p>
        <Button look="quiet" onClick={() => void postpone('confirm', false)}>
          {text('security.confirmNow')}
        </Button>
      </div>
    )
  const wanted = standing.kind === 'confirmed' && !standing.recovery && later && !later.recovery
  if (!wanted && !open) return null
  return (
    <div className={styles['notice']}>
      <ShieldCheck size={22} aria-hidden />
      <p>{text('security.recoveryOffer')}</p>
      <div className={styles['actions']}>
        <Button look="quiet" onClick={() => setOpen(true)}>
          {text('security.setUp')}
        </Button>
        <Button look="quiet" onClick={() => void postpone('recovery')}>
          {text('security.later')}
        </Button>
      </div>
      <SetUpRecovery open={open} onClose={() => setOpen(false)} />
    </div>
  )
}
