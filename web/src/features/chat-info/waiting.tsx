import type { Room, RoomMember } from 'matrix-js-sdk'
import type { ReactNode } from 'react'
import { useClient } from '../../api/client-context.ts'
import { asking, banned, invite } from '../../api/group-actions.ts'
import { mayAct } from '../../api/roles.ts'
import { useBusy } from '../../api/use-busy.ts'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { showToast } from '../../ui/toast.tsx'
import styles from './chat-info.module.css'
import { Person } from './person.tsx'

/** People outside about whom somebody has to decide: those who ask to be let in, and those who may not come back. */
export function Waiting({ room }: { room: Room }) {
  const client = useClient()
  const me = client.getSafeUserId()
  const text = useText()
  const { busy, run } = useBusy(() => showToast(text('general.failed')))
  const knocking = mayAct(room, me, 'invite') ? asking(room) : []
  const out = mayAct(room, me, 'ban') ? banned(room) : []
  const mayRefuse = mayAct(room, me, 'kick')
  return (
    <>
      <Group title={text('request.title')} people={knocking}>
        {({ userId }) => (
          <>
            {mayRefuse && (
              <Button
                look="quiet"
                disabled={busy}
                onClick={() => run(async () => void (await client.kick(room.roomId, userId)))}
              >
                {text('request.refuse')}
              </Button>
            )}
            <Button look="soft" disabled={busy} onClick={() => run(() => invite(room, [userId]))}>
              {text('request.letIn')}
            </Button>
          </>
        )}
      </Group>
      <Group title={text('member.banned')} people={out}>
        {({ userId }) => (
          <Button
            look="soft"
            disabled={busy}
            onClick={() => run(async () => void (await client.unban(room.roomId, userId)))}
          >
            {text('member.unban')}
          </Button>
        )}
      </Group>
    </>
  )
}

type GroupProps = {
  title: string
  people: readonly RoomMember[]
  children: (person: RoomMember) => ReactNode
}

function Group({ title, people, children }: GroupProps) {
  if (people.length === 0) return null
  return (
    <section className={styles['section']}>
      <h3>{title}</h3>
      <div className={styles['rows']}>
        {people.slice(0, 100).map((person) => (
          <div key={person.userId} className={styles['person']}>
            <Person member={person} />
            {children(person)}
          </div>
        ))}
      </div>
    </section>
  )
}
