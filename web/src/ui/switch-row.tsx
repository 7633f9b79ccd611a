import { Switch } from '@base-ui/react/switch'
import { useId } from 'react'
import styles from './switch-row.module.css'

type SwitchRowProps = {
  title: string
  text?: string
  on: boolean
  disabled?: boolean
  onChange: (on: boolean) => void
}

/** Something that is on or off, with what it means. */
export function SwitchRow({ title, text, on, disabled = false, onChange }: SwitchRowProps) {
  const id = useId()
  return (
    <div className={styles['row']}>
      <span className={styles['lines']}>
        <span id={id}>{title}</span>
        {text !== undefined && (
          <span id={`${id}-text`} className={styles['text']}>
            {text}
          </span>
        )}
      </span>
      <Switch.Root
        className={styles['switch']}
        checked={on}
        disabled={disabled}
        aria-labelledby={id}
        aria-describedby={text === undefined ? undefined : `${id}-text`}
        onCheckedChange={onChange}
      >
        <Switch.Thumb className={styles['thumb']} />
      </Switch.Root>
    </div>
  )
}
