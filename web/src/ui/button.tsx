import type { ComponentProps } from 'react'
import styles from './button.module.css'
import { classNames } from './class-names.ts'

type ButtonProps = ComponentProps<'button'> & {
  look?: 'primary' | 'soft' | 'quiet' | 'danger'
  wide?: boolean
  /** Shows that something is under way, and takes no more presses. */
  busy?: boolean
}

export function Button({ look = 'primary', wide, busy, className, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={classNames(styles['button'], styles[look], wide && styles['wide'], className)}
    />
  )
}
