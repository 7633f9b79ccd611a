import { useText } from '../../i18n/text.ts'
import { TextField } from '../../ui/text-field.tsx'
import styles from './amount-field.module.css'

type AmountFieldProps = {
  value: string
  onChange: (typed: string) => void
  label?: string
  error?: string | undefined
}

/** What somebody types as an amount: as large as what it is about. */
export function AmountField({ value, onChange, label, error }: AmountFieldProps) {
  const text = useText()
  return (
    <div className={styles['amount']}>
      <TextField
        label={label ?? text('pay.amount')}
        name="amount"
        inputMode="decimal"
        autoComplete="off"
        value={value}
        error={error}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  )
}
