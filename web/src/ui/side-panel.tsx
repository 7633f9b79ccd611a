import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from './icon-button.tsx'
import styles from './side-panel.module.css'

type SidePanelProps = { title: string; closeLabel: string; onClose: () => void; children: ReactNode }

/** Stands over everything on a phone, and at the side of a wide screen. */
export function SidePanel({ title, closeLabel, onClose, children }: SidePanelProps) {
  return (
    <aside className={styles['panel']} aria-label={title}>
      <header className={styles['head']}>
        <h2>{title}</h2>
        <IconButton label={closeLabel} onClick={onClose}>
          <X size={20} aria-hidden />
        </IconButton>
      </header>
      {children}
    </aside>
  )
}
