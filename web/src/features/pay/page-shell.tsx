import { ChevronLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import { useText } from '../../i18n/text.ts'
import { goBack } from '../../navigation/router.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import styles from './page-shell.module.css'

/** A page beside the wallet on a desktop, and instead of it on a phone. */
export function PageShell({ title, children }: { title: string; children: ReactNode }) {
  const text = useText()
  return (
    <>
      <header className={styles['header']}>
        <IconButton
          className={styles['back']}
          label={text('general.back')}
          onClick={() => goBack({ section: 'pay' })}
        >
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
