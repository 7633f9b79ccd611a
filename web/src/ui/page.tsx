import { ChevronLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { IconButton } from './icon-button.tsx'
import styles from './page.module.css'

type PageProps = { title: string; backLabel: string; onBack: () => void; children: ReactNode }

/** A page of settings or the like: beside the list on a desktop, instead of it on a phone. */
export function Page({ title, backLabel, onBack, children }: PageProps) {
  return (
    <>
      <header className={styles['header']}>
        <IconButton className={styles['back']} label={backLabel} onClick={onBack}>
          <ChevronLeft size={26} aria-hidden />
        </IconButton>
        <h2>{title}</h2>
      </header>
      <div className={styles['body']}>
        <div className={styles['column']}>{children}</div>
      </div>
    </>
  )
}

type SectionProps = {
  title?: string
  text?: ReactNode
  /** Gives room at the sides to what has none of its own. */
  padded?: boolean
  children: ReactNode
}

/** A card of things that belong together, with a word about them below. */
export function Section({ title, text, padded, children }: SectionProps) {
  return (
    <section className={styles['section']}>
      {title !== undefined && <h3>{title}</h3>}
      <div className={classNames(styles['card'], padded && styles['padded'])}>{children}</div>
      {text !== undefined && <p>{text}</p>}
    </section>
  )
}
