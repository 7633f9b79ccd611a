import type { ComponentProps, ReactNode } from 'react'
import { classNames } from './class-names.ts'
import styles from './list-row.module.css'

type ListRowProps = Omit<ComponentProps<'button'>, 'title'> & {
  start?: ReactNode
  title: ReactNode
  text?: ReactNode
  end?: ReactNode
  selected?: boolean
  /** Lets the second line go on over as many lines as it needs. */
  wrap?: boolean
}

/** A row of a list that can be pressed: picture, two lines, something at the end. */
export function ListRow({ start, title, text, end, selected, wrap, className, ...rest }: ListRowProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-current={selected || undefined}
      className={classNames(styles['row'], wrap && styles['wrap'], className)}
    >
      {start}
      <span className={styles['lines']}>
        <span className={styles['title']}>{title}</span>
        {text !== undefined && <span className={styles['text']}>{text}</span>}
      </span>
      {end !== undefined && <span className={styles['end']}>{end}</span>}
    </button>
  )
}
