import { useState } from 'react'
import { useClient } from '../../../api/client-context.ts'
import { folderNameMost, foldersMost, foldersOf, saveFolders } from '../../../api/folders.ts'
import { useBusy } from '../../../api/use-busy.ts'
import { useText } from '../../../i18n/text.ts'
import { Button } from '../../../ui/button.tsx'
import { TextField } from '../../../ui/text-field.tsx'
import { showToast } from '../../../ui/toast.tsx'
import styles from './folders.module.css'

export function NewFolder({ onMade }: { onMade: (name: string) => void }) {
  const text = useText()
  const client = useClient()
  const [typed, setTyped] = useState('')
  const { busy, run } = useBusy(() => showToast(text('general.failed')))
  const name = typed.trim()

  async function make(): Promise<void> {
    const known = foldersOf(client)
    if (!known.includes(name)) await saveFolders(client, [...known, name])
    setTyped('')
    onMade(name)
  }

  return (
    <form
      className={styles['line']}
      onSubmit={(event) => {
        event.preventDefault()
        run(make)
      }}
    >
      <TextField
        label={text('folders.new')}
        value={typed}
        maxLength={folderNameMost}
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
      />
      <Button
        type="submit"
        look="soft"
        busy={busy}
        disabled={name === '' || foldersOf(client).length >= foldersMost}
      >
        {text('new.create')}
      </Button>
    </form>
  )
}
