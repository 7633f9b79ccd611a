import { useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { createCommunity } from '../../api/communities.ts'
import { createGroup, createOpenChat } from '../../api/start-chat.ts'
import { useBusy } from '../../api/use-busy.ts'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { SwitchRow } from '../../ui/switch-row.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { showToast } from '../../ui/toast.tsx'
import styles from './new-chat.module.css'

export type RoomKind = 'group' | 'open' | 'community'

/** A chat or community that begins with its name; people come in by its link. */
export function NewRoom({ kind, onDone }: { kind: RoomKind; onDone: (roomId: string) => void }) {
  const text = useText()
  const client = useClient()
  const [name, setName] = useState('')
  const [topic, setTopic] = useState('')
  const [listed, setListed] = useState(false)
  const { busy, run } = useBusy(() => showToast(text('general.failed')))

  async function create(): Promise<void> {
    const wanted = { name: name.trim(), topic: topic.trim(), listed }
    if (kind === 'group') onDone(await createGroup(client, wanted.name, []))
    else onDone(await (kind === 'open' ? createOpenChat : createCommunity)(client, wanted))
  }

  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault()
        run(create)
      }}
    >
      <p>{text(`new.${kind}Text`)}</p>
      <TextField
        label={text('info.name')}
        value={name}
        maxLength={100}
        required
        autoFocus
        onChange={(event) => setName(event.target.value)}
      />
      {kind !== 'group' && (
        <>
          <TextField
            label={text('info.about')}
            value={topic}
            maxLength={300}
            onChange={(event) => setTopic(event.target.value)}
          />
          <SwitchRow
            title={text('new.listed')}
            text={text('new.listedText')}
            on={listed}
            onChange={setListed}
          />
        </>
      )}
      <Button type="submit" wide busy={busy} disabled={name.trim() === ''} className={styles['submit']}>
        {text('new.create')}
      </Button>
    </form>
  )
}
