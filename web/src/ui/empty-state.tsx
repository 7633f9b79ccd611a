import type { ReactNode } from 'react'
import styles from './empty-state.module.css'

type EmptyStateProps = { picture: ReactNode; title: string; text: string; children?: ReactNode }

export function EmptyState({ picture, title, text, children }: EmptyStateProps) {
  return (
    <div className={styles['empty']}>
      <span className={styles['picture']} aria-hidden>
        {picture}
      </span>
      <h2>{title}</h2>
      <p>{text}</p>
      {children}
    </div>
  )
}
