import { Check } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { createGroup, type FoundPerson, findPeople, openDirectChat } from '../../api/start-chat.ts'
import { usePicture } from '../../api/use-media.ts'
import { useText } from '../../i18n/text.ts'
import { goTo } from '../../navigation/router.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ListRow } from '../../ui/list-row.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { showToast } from '../../ui/toast.tsx'
import styles from './new-chat.module.css'

type NewChatProps = { open: boolean; onClose: () => void }

/** Finds people, and begins a chat with one of them or a group with several. */
export function NewChat({ open, onClose }: NewChatProps) {
  const text = useText()
  return (
    <Sheet tall open={open} title={text('chats.new')} closeLabel={text('general.close')} onClose={onClose}>
      <Finder onDone={onClose} />
    </Sheet>
  )
}

function Finder({ onDone }: { onDone: () => void }) {
  const text = useText()
  const client = useClient()
  const [term, setTerm] = useState('')
  const [chosen, setChosen] = useState<readonly FoundPerson[]>([])
  const [name, setName] = useState('')
  const [busy, setBusy] = useState(false)
  const found = useFound(term)
  const shown = found ?? chosen

  function toggle(person: FoundPerson): void {
    const without = chosen.filter(({ userId }) => userId !== person.userId)
    setChosen(without.length < chosen.length ? without : [...chosen, person])
  }

  async function start(): Promise<void> {
    setBusy(true)
    try {
      const [only] = chosen
      const roomId =
        chosen.length === 1 && only
          ? await openDirectChat(client, only.userId)
          : await createGroup(
              client,
              name,
              chosen.map(({ userId }) => userId),
            )
      onDone()
      goTo({ section: 'chats', open: roomId })
    } catch {
      showToast(text('general.failed'))
      setBusy(false)
    }
  }

  return (
    <div className={styles['finder']}>
      <div className={styles['search']}>
        <SearchField
          label={text('chats.findPeople')}
          clearLabel={text('general.clear')}
          value={term}
          autoFocus
          onChange={setTerm}
        />
      </div>
      <div className={styles['list']}>
        {shown.map((person) => (
          <PersonRow
            key={person.userId}
            person={person}
            chosen={chosen.some(({ userId }) => userId === person.userId)}
            onPress={() => toggle(person)}
          />
        ))}
        {shown.length === 0 && (
          <EmptyState
            picture={<Check size={28} />}
            title={text(found ? 'chats.nobody' : 'chats.new')}
            text={text(found ? 'chats.nobodyText' : 'chats.findText')}
          />
        )}
      </div>
      {chosen.length > 1 && (
        <TextField
          label={text('chats.groupName')}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      )}
      {chosen.length > 0 && (
        <Button wide busy={busy} onClick={() => void start()}>
          {text('chats.start', { count: chosen.length })}
        </Button>
      )}
    </div>
  )
}

function PersonRow(props: { person: FoundPerson; chosen: boolean; onPress: () => void }) {
  const { person, chosen, onPress } = props
  const picture = usePicture(person.avatarMxc)
  return (
    <ListRow
      aria-pressed={chosen}
      start={<Avatar id={person.userId} name={person.name} picture={picture} />}
      title={person.name}
      text={person.userId}
      end={chosen ? <Check size={20} className={styles['check']} aria-hidden /> : undefined}
      onClick={onPress}
    />
  )
}

/** Asks when the person has stopped typing for a moment; `undefined` while there is nothing to ask for. */
function useFound(term: string): readonly FoundPerson[] | undefined {
  const client = useClient()
  const [found, setFound] = useState<{ term: string; people: readonly FoundPerson[] }>()
  const wanted = term.trim()
  useEffect(() => {
    if (wanted.length < 2) return
    const timer = setTimeout(() => {
      findPeople(client, wanted).then(
        (people) => setFound({ term: wanted, people }),
        () => setFound(undefined),
      )
    }, 200)
    return () => clearTimeout(timer)
  }, [client, wanted])
  return wanted.length < 2 ? undefined : found?.people
}
