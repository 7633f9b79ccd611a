import type { Room } from 'matrix-js-sdk'
import { useState } from 'react'
import { nameOf, setAbout, topicOf } from '../../api/group-actions.ts'
import { useBusy } from '../../api/use-busy.ts'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { showToast } from '../../ui/toast.tsx'
import styles from './chat-info.module.css'

type EditAboutProps = { room: Room; open: boolean; onClose: () => void }

export function EditAbout({ room, open, onClose }: EditAboutProps) {
  const text = useText()
  return (
    <Sheet open={open} title={text('info.edit')} closeLabel={text('general.close')} onClose={onClose}>
      <Form room={room} onDone={onClose} />
    </Sheet>
  )
}

function Form({ room, onDone }: { room: Room; onDone: () => void }) {
  const text = useText()
  const [name, setName] = useState(() => nameOf(room))
  const [topic, setTopic] = useState(() => topicOf(room))
  const { busy, run } = useBusy(() => showToast(text('general.failed')))
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault()
        run(async () => {
          await setAbout(room, { name: name.trim(), topic: topic.trim() })
          onDone()
        })
      }}
    >
      <TextField
        label={text('info.name')}
        value={name}
        maxLength={100}
        onChange={(event) => setName(event.target.value)}
      />
      <TextField
        label={text('info.about')}
        value={topic}
        maxLength={300}
        onChange={(event) => setTopic(event.target.value)}
      />
      <Button type="submit" wide busy={busy}>
        {text('general.save')}
      </Button>
    </form>
  )
}
