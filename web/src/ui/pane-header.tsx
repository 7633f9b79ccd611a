import type { ReactNode } from 'react'
import styles from './pane-header.module.css'

type PaneHeaderProps = { title: string; children?: ReactNode }

/** The top of a list pane: its name, and what can be done there. */
export function PaneHeader({ title, children }: PaneHeaderProps) {
  return (
    <header className={styles['header']}>
      <h1>{title}</h1>
      <div className={styles['actions']}>{children}</div>
    </header>
  )
}
