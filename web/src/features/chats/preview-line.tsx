import { useText } from '../../i18n/text.ts'
import styles from './preview.module.css'

/** The second line of a chat, with what was begun to be written there before all else. */
export function PreviewLine({ line, draft }: { line: string; draft: string | undefined }) {
  const text = useText()
  return (
    <span className={styles['line']}>
      {draft ? (
        <>
          <span className={styles['draft']}>{text('chats.draft')}</span> {draft}
        </>
      ) : (
        line
      )}
    </span>
  )
}
