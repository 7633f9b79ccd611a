import { Search, X } from 'lucide-react'
import styles from './search-field.module.css'

type SearchFieldProps = {
  label: string
  clearLabel: string
  value: string
  autoFocus?: boolean
  onChange: (value: string) => void
}

export function SearchField({ label, clearLabel, value, autoFocus, onChange }: SearchFieldProps) {
  return (
    <div className={styles['field']}>
      <Search size={18} aria-hidden />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        // biome-ignore lint/a11y/noAutofocus: only where opening the search was what the person asked for.
        autoFocus={autoFocus}
        onChange={(event) => onChange(event.target.value)}
      />
      {value !== '' && (
        <button type="button" aria-label={clearLabel} onClick={() => onChange('')}>
          <X size={16} aria-hidden />
        </button>
      )}
    </div>
  )
}
