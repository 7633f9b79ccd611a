import { type ComponentProps, useId } from 'react'
import styles from './text-field.module.css'

type TextFieldProps = ComponentProps<'input'> & { label: string; hint?: string; error?: string | undefined }

export function TextField({ label, hint, error, ...rest }: TextFieldProps) {
  const id = useId()
  const described = error ?? hint
  return (
    <div className={styles['field']}>
      <label htmlFor={id}>{label}</label>
      <input
        {...rest}
        id={id}
        aria-invalid={error !== undefined || undefined}
        aria-describedby={described === undefined ? undefined : `${id}-hint`}
      />
      {described !== undefined && (
        <p id={`${id}-hint`} className={error === undefined ? styles['hint'] : styles['error']}>
          {described}
        </p>
      )}
    </div>
  )
}
