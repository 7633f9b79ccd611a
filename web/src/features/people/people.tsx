import { Users } from 'lucide-react'
import { useState } from 'react'
import { VList } from 'virtua'
import { useClient } from '../../api/client-context.ts'
import { type Friend, useFriends } from '../../api/people.ts'
import { useFoundPeople } from '../../api/use-found-people.ts'
import { useText } from '../../i18n/text.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PaneHeader } from '../../ui/pane-header.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import styles from './people.module.css'
import { type PeopleItem, peopleItems } from './people-items.ts'
import { PersonRow } from './person-row.tsx'

/** The person themselves, those they like best, their friends; and finding others by name or id. */
export function People() {
  const text = useText()
  const client = useClient()
  const me = client.getSafeUserId()
  const friends: readonly (Friend & { name: string })[] = useFriends().map((friend) => ({
    ...friend,
    name: client.getUser(friend.userId)?.displayName ?? friend.userId.slice(1),
  }))
  const [term, setTerm] = useState('')
  const found = useFoundPeople(term)
  const items = peopleItems({ me, friends, term, found })
  return (
    <>
      <PaneHeader title={text('general.people')} />
      <div className={styles['search']}>
        <SearchField
          label={text('people.find')}
          clearLabel={text('general.clear')}
          value={term}
          onChange={setTerm}
        />
      </div>
      {items.length > 0 && (
        <VList className={styles['list']} data={items}>
          {(item) => <Item key={`${item.kind} ${item.key}`} item={item} />}
        </VList>
      )}
      {term === '' && friends.length === 0 && (
        <EmptyState
          picture={<Users size={32} />}
          title={text('people.none')}
          text={text('people.noneText')}
        />
      )}
      {term !== '' && items.length === 0 && found !== undefined && (
        <EmptyState
          picture={<Users size={32} />}
          title={text('chats.nobody')}
          text={text('chats.nobodyText')}
        />
      )}
    </>
  )
}

function Item({ item }: { item: PeopleItem }) {
  const text = useText()
  switch (item.kind) {
    case 'heading':
      return <h2 className={styles['heading']}>{text(`people.${item.key}`, { count: item.count })}</h2>
    case 'me':
      return <PersonRow userId={item.key} own />
    case 'person':
      return <PersonRow userId={item.key} />
  }
}
