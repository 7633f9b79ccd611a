import { Check } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useClient } from '../../api/client-context.ts'
import { type FoundPerson, findPeople } from '../../api/start-chat.ts'
import { useChats } from '../../api/use-chats.ts'
import { usePicture } from '../../api/use-media.ts'
import { useText } from '../../i18n/text.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { ListRow } from '../../ui/list-row.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import styles from './form.module.css'

type PersonPickerProps = {
  chosen: readonly FoundPerson[]
  onToggle: (person: FoundPerson) => void
}

const shownMax = 30

/** Those one talks with, or whoever is found by name. */
export function PersonPicker({ chosen, onToggle }: PersonPickerProps) {
  const text = useText()
  const [term, setTerm] = useState('')
  const friends = useFriends()
  const found = useFound(term)
  const others = (found ?? friends).filter(({ userId }) => !chosen.some((person) => person.userId === userId))
  return (
    <div className={styles['form']}>
      <SearchField
        label={text('pay.findPeople')}
        clearLabel={text('general.clear')}
        value={term}
        onChange={setTerm}
      />
      <div className={styles['list']}>
        {[...chosen, ...others].slice(0, shownMax).map((person) => (
          <PersonRow
            key={person.userId}
            person={person}
            chosen={chosen.includes(person)}
            onPress={() => onToggle(person)}
          />
        ))}
        {found?.length === 0 && <p className={styles['soft']}>{text('chats.nobody')}</p>}
      </div>
    </div>
  )
}

type PersonRowProps = { person: FoundPerson; chosen: boolean; onPress: () => void }

function PersonRow({ person, chosen, onPress }: PersonRowProps) {
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

function useFriends(): FoundPerson[] {
  return useChats().flatMap(({ with: userId, name, avatarMxc, invited }) =>
    userId === undefined || invited ? [] : [{ userId, name, avatarMxc }],
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
  return found?.term === wanted && wanted.length >= 2 ? found.people : undefined
}
