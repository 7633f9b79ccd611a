import type { Room } from 'matrix-js-sdk'
import { useState } from 'react'
import { invite } from '../../api/group-actions.ts'
import type { FoundPerson } from '../../api/start-chat.ts'
import { useBusy } from '../../api/use-busy.ts'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { showToast } from '../../ui/toast.tsx'
import { FindPeople } from '../find-people/find-people.tsx'
import styles from './chat-info.module.css'

type AddPeopleProps = { room: Room; open: boolean; onClose: () => void }

export function AddPeople({ room, open, onClose }: AddPeopleProps) {
  const text = useText()
  return (
    <Sheet
      tall
      open={open}
      title={text('info.addPeople')}
      closeLabel={text('general.close')}
      onClose={onClose}
    >
      <Form room={room} onDone={onClose} />
    </Sheet>
  )
}

function Form({ room, onDone }: { room: Room; onDone: () => void }) {
  const text = useText()
  const [chosen, setChosen] = useState<readonly FoundPerson[]>([])
  const { busy, run } = useBusy(() => showToast(text('general.failed')))
  return (
    <div className={styles['fill']}>
      <FindPeople chosen={chosen} onChange={setChosen} />
      {chosen.length > 0 && (
        <Button
          wide
          busy={busy}
          onClick={() =>
            run(async () => {
              await invite(
                room,
                chosen.map(({ userId }) => userId),
              )
              onDone()
            })
          }
        >
          {text('info.invite', { count: chosen.length })}
        </Button>
      )}
    </div>
  )
}
