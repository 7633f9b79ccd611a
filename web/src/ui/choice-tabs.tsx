import { Toggle } from '@base-ui/react/toggle'
import { ToggleGroup } from '@base-ui/react/toggle-group'
import styles from './choice-tabs.module.css'
import { classNames } from './class-names.ts'

type ChoiceTabsProps<Value extends string> = {
  label: string
  value: Value
  choices: readonly { value: Value; label: string }[]
  onChange: (value: Value) => void
  /** Goes on in further lines instead of being drawn aside. */
  wrap?: boolean
  disabled?: boolean
}

/** A row of choices of which one holds, such as filters of a list. */
export function ChoiceTabs<Value extends string>(props: ChoiceTabsProps<Value>) {
  const { label, value, choices, onChange, wrap, disabled = false } = props
  return (
    <ToggleGroup
      aria-label={label}
      disabled={disabled}
      className={classNames(styles['tabs'], wrap && styles['wrap'])}
      // A mouse has no finger to draw the row aside.
      onWheel={(event) => {
        if (event.deltaX === 0) event.currentTarget.scrollLeft += event.deltaY
      }}
      value={[value]}
      onValueChange={([next]) => {
        const chosen = choices.find((choice) => choice.value === next)
        if (chosen) onChange(chosen.value)
      }}
    >
      {choices.map((choice) => (
        <Toggle key={choice.value} value={choice.value} className={styles['tab']}>
          {choice.label}
        </Toggle>
      ))}
    </ToggleGroup>
  )
}
