import type { Room } from 'matrix-js-sdk'
import { useMemo } from 'react'
import { useClient } from '../../api/client-context.ts'
import type { Mentioned } from '../../api/compose.ts'
import { useText } from '../../i18n/text.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { ListRow } from '../../ui/list-row.tsx'
import styles from './mention-list.module.css'
import { mentionTerm } from './mention-term.ts'

type MentionListProps = {
  room: Room
  body: string
  onChoose: (person: Mentioned, body: string) => void
}

const shownMost = 5

/** People whose name goes on as the person has begun to write it after an @. */
export function MentionList({ room, body, onChoose }: MentionListProps) {
  const text = useText()
  const me = useClient().getUserId()
  const term = mentionTerm(body)
  const people = useMemo(() => {
    if (term === undefined) return []
    const wanted = term.toLocaleLowerCase()
    return room
      .getJoinedMembers()
      .filter(({ userId }) => userId !== me)
      .filter(({ name, userId }) => `${name} ${userId}`.toLocaleLowerCase().includes(wanted))
      .slice(0, shownMost)
  }, [room, me, term])
  if (people.length === 0 || term === undefined) return null
  return (
    <section className={styles['list']} aria-label={text('chat.mention')}>
      {people.map(({ userId, name }) => (
        <ListRow
          key={userId}
          start={<Avatar size="s" id={userId} name={name} />}
          title={name}
          onClick={() => onChoose({ userId, name }, `${body.slice(0, body.length - term.length)}${name} `)}
        />
      ))}
    </section>
  )
}
