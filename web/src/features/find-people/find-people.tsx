import { Check, UserRoundSearch } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { FoundPerson } from '../../api/start-chat.ts'
import { useFoundPeople } from '../../api/use-found-people.ts'
import { usePicture } from '../../api/use-media.ts'
import { useText } from '../../i18n/text.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ListRow } from '../../ui/list-row.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import styles from './find-people.module.css'

type FindPeopleProps = {
  chosen: readonly FoundPerson[]
  onChange: (chosen: readonly FoundPerson[]) => void
  /** Stands in the place of the results while nothing is searched and nobody is chosen. */
  children?: ReactNode
}

/** Finds people by name or id, and chooses some of them. */
export function FindPeople({ chosen, onChange, children }: FindPeopleProps) {
  const text = useText()
  const [term, setTerm] = useState('')
  const found = useFoundPeople(term)
  const shown = found ?? chosen

  function toggle(person: FoundPerson): void {
    const without = chosen.filter(({ userId }) => userId !== person.userId)
    onChange(without.length < chosen.length ? without : [...chosen, person])
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
        {shown.length === 0 && (found || !children ? <Nothing searched={found !== undefined} /> : children)}
      </div>
    </div>
  )
}

function Nothing({ searched }: { searched: boolean }) {
  const text = useText()
  return (
    <EmptyState
      picture={<UserRoundSearch size={28} />}
      title={text(searched ? 'chats.nobody' : 'chats.findPeople')}
      text={text(searched ? 'chats.nobodyText' : 'chats.findText')}
    />
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
