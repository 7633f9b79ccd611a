import { MonitorSmartphone, ShieldAlert, ShieldCheck } from 'lucide-react'
import type { Comparison } from '../../api/comparison.ts'
import { useStore } from '../../api/use-store.ts'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { emojiName } from './emoji-name.ts'
import styles from './steps.module.css'

type CompareEmojiProps = { comparison: Comparison; onEnd: () => void }

/** Both devices show seven emoji; the person says whether they are the same. */
export function CompareEmoji({ comparison, onEnd }: CompareEmojiProps) {
  const text = useText()
  const step = useStore(comparison.step)
  switch (step.kind) {
    case 'asked':
      return (
        <div className={styles['middle']}>
          <p className={styles['text']}>{text('security.askedText')}</p>
          <div className={styles['answers']}>
            <Button wide onClick={() => comparison.accept()}>
              {text('security.itIsMe')}
            </Button>
            <Button wide look="danger" onClick={() => comparison.cancel()}>
              {text('security.notMe')}
            </Button>
          </div>
        </div>
      )
    case 'waiting':
      return (
        <div className={styles['middle']} role="status">
          <MonitorSmartphone size={64} className={styles['waiting']} aria-hidden />
          <p className={styles['text']}>{text('security.waiting')}</p>
          <Button look="quiet" onClick={() => comparison.cancel()}>
            {text('general.cancel')}
          </Button>
        </div>
      )
    case 'comparing':
      return (
        <div className={styles['middle']}>
          <p className={styles['text']}>{text('security.compare')}</p>
          <ul className={styles['emoji']}>
            {step.emoji.map((emoji, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: one emoji may come twice, and its place is what it is.
              <li key={index}>
                <span aria-hidden>{emoji}</span>
                {emojiName(step.names[index] ?? '', text)}
              </li>
            ))}
          </ul>
          <div className={styles['answers']}>
            <Button wide onClick={() => comparison.answer(true)}>
              {text('security.same')}
            </Button>
            <Button wide look="danger" onClick={() => comparison.answer(false)}>
              {text('security.different')}
            </Button>
          </div>
        </div>
      )
    case 'done':
    case 'cancelled': {
      const Picture = step.kind === 'done' ? ShieldCheck : ShieldAlert
      return (
        <div className={styles['middle']} role="status">
          <Picture size={64} className={styles['fine']} aria-hidden />
          <p className={styles['text']}>
            {text(step.kind === 'done' ? 'security.confirmed' : 'security.cancelled')}
          </p>
          <Button wide onClick={onEnd}>
            {text(step.kind === 'done' ? 'general.done' : 'general.back')}
          </Button>
        </div>
      )
    }
  }
}
