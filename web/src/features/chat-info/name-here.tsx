import type { Room } from 'matrix-js-sdk'
import { useState } from 'react'
import { setNameHere } from '../../api/group-actions.ts'
import { useBusy } from '../../api/use-busy.ts'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { showToast } from '../../ui/toast.tsx'
import styles from './chat-info.module.css'

/** Under which name the people of this chat know one. */
export function NameHere({ room }: { room: Room }) {
  const text = useText()
  const known = room.getMember(room.myUserId)?.name ?? ''
  const [name, setName] = useState(known)
  const { busy, run } = useBusy(() => showToast(text('general.failed')))
  return (
    <form
      className={styles['section']}
      onSubmit={(event) => {
        event.preventDefault()
        run(() => setNameHere(room, name))
      }}
    >
      <div className={styles['line']}>
        <TextField
          label={text('join.nameHere')}
          hint={text('join.nameHint')}
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit" look="soft" busy={busy} disabled={name.trim() === known}>
          {text('general.save')}
        </Button>
      </div>
    </form>
  )
}
