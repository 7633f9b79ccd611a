import styles from './skeleton.module.css'

type SkeletonProps = { rows: number; label: string }

/** Rows that are about to come, in the very sizes they will have, so that nothing moves when they do. */
export function Skeleton({ rows, label }: SkeletonProps) {
  return (
    <div role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike.
        <div key={row} className={styles['row']} aria-hidden>
          <span className={styles['picture']} />
          <span className={styles['lines']}>
            <span />
            <span />
          </span>
        </div>
      ))}
    </div>
  )
}
