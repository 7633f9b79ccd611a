import { useState } from 'react'
import { chooseLanguage, languages, useLanguage, useText } from '../../i18n/text.ts'
import { ChoiceTabs } from '../../ui/choice-tabs.tsx'
import { Section } from '../../ui/page.tsx'
import { chooseTheme, chosenTheme, type Theme } from '../../ui/theme.ts'
import styles from './appearance-page.module.css'

const themes: readonly Theme[] = ['system', 'light', 'dark']

/** Language, light and dark, on this device. */
export function AppearancePage() {
  const text = useText()
  const language = useLanguage()
  const [theme, setTheme] = useState(chosenTheme)
  return (
    <>
      <Section title={text('more.language')}>
        <div className={styles['choices']}>
          <ChoiceTabs
            label={text('more.language')}
            value={language}
            onChange={(next) => void chooseLanguage(next)}
            choices={languages.map(({ code, name }) => ({ value: code, label: name }))}
          />
        </div>
      </Section>
      <Section title={text('more.theme')}>
        <div className={styles['choices']}>
          <ChoiceTabs
            label={text('more.theme')}
            value={theme}
            onChange={(next) => {
              chooseTheme(next)
              setTheme(next)
            }}
            choices={themes.map((value) => ({ value, label: text(`more.${value}`) }))}
          />
        </div>
      </Section>
    </>
  )
}
