import { LogOut } from 'lucide-react'
import { useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { signOut } from '../../api/start-client.ts'
import { chooseLanguage, languages, useLanguage, useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { ChoiceTabs } from '../../ui/choice-tabs.tsx'
import { ListRow } from '../../ui/list-row.tsx'
import { PaneHeader } from '../../ui/pane-header.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { chooseTheme, chosenTheme, type Theme } from '../../ui/theme.ts'
import styles from './more.module.css'

export function More() {
  const text = useText()
  const client = useClient()
  const [leaving, setLeaving] = useState(false)
  const [busy, setBusy] = useState(false)
  return (
    <>
      <PaneHeader title={text('general.more')} />
      <Appearance />
      <ListRow
        start={<LogOut size={22} className={styles['picture']} aria-hidden />}
        title={text('general.signOut')}
        onClick={() => setLeaving(true)}
      />
      <Sheet
        open={leaving}
        title={text('general.signOutAsk')}
        closeLabel={text('general.close')}
        onClose={() => setLeaving(false)}
      >
        <p className={styles['text']}>{text('general.signOutText')}</p>
        <Button
          wide
          look="danger"
          busy={busy}
          onClick={() => {
            setBusy(true)
            void signOut(client)
          }}
        >
          {text('general.signOut')}
        </Button>
      </Sheet>
    </>
  )
}

const themes: readonly Theme[] = ['system', 'light', 'dark']

function Appearance() {
  const text = useText()
  const language = useLanguage()
  const [theme, setTheme] = useState(chosenTheme)
  return (
    <div className={styles['choices']}>
      <h2>{text('more.language')}</h2>
      <ChoiceTabs
        label={text('more.language')}
        value={language}
        onChange={(next) => void chooseLanguage(next)}
        choices={languages.map(({ code, name }) => ({ value: code, label: name }))}
      />
      <h2>{text('more.theme')}</h2>
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
  )
}
