import { Dialog } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { IconButton } from './icon-button.tsx'
import styles from './sheet.module.css'

type SheetProps = {
  open: boolean
  title: string
  closeLabel: string
  onClose: () => void
  /** Takes the height it can get, for lists that are searched. */
  tall?: boolean
  children: ReactNode
}

/** A dialog: at the bottom of a phone, in the middle of a desktop. Focus stays within and goes back where it came from. */
export function Sheet({ open, title, closeLabel, onClose, tall, children }: SheetProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles['backdrop']} />
        <Dialog.Popup className={classNames(styles['sheet'], tall && styles['tall'])}>
          <div className={styles['head']}>
            <Dialog.Title className={styles['title']}>{title}</Dialog.Title>
            <IconButton label={closeLabel} onClick={onClose}>
              <X size={20} aria-hidden />
            </IconButton>
          </div>
          <div className={styles['body']}>{children}</div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
