import styles from './badge.module.css'
import { classNames } from './class-names.ts'

type BadgeProps = {
  count: number
  /** Said by screen readers instead of the bare number. */
  label: string
  quiet?: boolean
}

export function Badge({ count, label, quiet }: BadgeProps) {
  if (count === 0) return null
  return (
    <span className={classNames(styles['badge'], quiet && styles['quiet'])}>
      <span aria-hidden>{count > 999 ? '999+' : count}</span>
      <span className={styles['spoken']}>{label}</span>
    </span>
  )
}
