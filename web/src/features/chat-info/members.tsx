import type { Room, RoomMember } from 'matrix-js-sdk'
import { useMemo, useState } from 'react'
import { levelIn, roleAt } from '../../api/roles.ts'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import styles from './chat-info.module.css'
import { MemberSheet } from './member-sheet.tsx'
import { Person } from './person.tsx'

const shownAtFirst = 50
const searchableFrom = 12

/** Everybody in the chat, those with a role first. */
export function Members({ room }: { room: Room }) {
  const text = useText()
  const [term, setTerm] = useState('')
  const [most, setMost] = useState(shownAtFirst)
  const [chosen, setChosen] = useState<string>()
  const joined = room.getJoinedMembers()
  const members = useMemo(() => sorted(room, joined), [room, joined])
  const wanted = term.trim().toLocaleLowerCase()
  const found = members.filter(({ name, userId }) => `${name} ${userId}`.toLocaleLowerCase().includes(wanted))
  const member = chosen === undefined ? null : room.getMember(chosen)
  return (
    <section className={styles['section']}>
      <h3>{text('info.members', { count: room.getJoinedMemberCount() })}</h3>
      {members.length >= searchableFrom && (
        <SearchField
          label={text('info.findMember')}
          clearLabel={text('general.clear')}
          value={term}
          onChange={setTerm}
        />
      )}
      <div className={styles['rows']}>
        {found.slice(0, most).map((found) => {
          const role = roleAt(levelIn(room, found.userId))
          return (
            <Person
              key={found.userId}
              member={found}
              {...(found.userId === room.myUserId && { note: text('info.you') })}
              {...(role !== 'member' && { end: text(`role.${role}`) })}
              onClick={() => setChosen(found.userId)}
            />
          )
        })}
      </div>
      {found.length > most && (
        <Button look="quiet" onClick={() => setMost(most + 200)}>
          {text('info.showMore')}
        </Button>
      )}
      {member && <MemberSheet room={room} member={member} onClose={() => setChosen(undefined)} />}
    </section>
  )
}

function sorted(room: Room, members: readonly RoomMember[]): RoomMember[] {
  const rank = new Map(members.map(({ userId }) => [userId, levelIn(room, userId)]))
  return members.toSorted((a, b) => {
    const [first = 0, second = 0] = [rank.get(a.userId), rank.get(b.userId)]
    return first === second ? a.name.localeCompare(b.name) : second > first ? 1 : -1
  })
}
