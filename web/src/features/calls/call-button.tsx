import type { ReactNode } from 'react'
import { classNames } from '../../ui/class-names.ts'
import styles from './call-button.module.css'

type CallButtonProps = {
  label: string
  look?: 'plain' | 'accept' | 'end'
  /** For what can be off, such as the microphone. */
  pressed?: boolean
  onClick: () => void
  children: ReactNode
}

/** A round button of a call, with its name below. */
export function CallButton({ label, look = 'plain', pressed, onClick, children }: CallButtonProps) {
  return (
    <span className={styles['place']}>
      <button
        type="button"
        className={classNames(styles['button'], styles[look], pressed && styles['off'])}
        aria-label={label}
        aria-pressed={pressed}
        onClick={onClick}
      >
        {children}
      </button>
      <span aria-hidden>{label}</span>
    </span>
  )
}
