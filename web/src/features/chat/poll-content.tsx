import type { Room } from 'matrix-js-sdk'
import { useClient } from '../../api/client-context.ts'
import { usePoll } from '../../api/use-poll.ts'
import { useText } from '../../i18n/text.ts'
import { classNames } from '../../ui/class-names.ts'
import styles from './poll-content.module.css'
import type { ShownThing } from './shown-things.ts'

export function PollContent({ thing }: { thing: ShownThing }) {
  const text = useText()
  const client = useClient()
  const room = client.getRoom(thing.event?.getRoomId() ?? '')
  if (!thing.event || !room) return <p>{text('chats.sending')}</p>
  return <Poll room={room} eventId={thing.event.getId() ?? ''} />
}

function Poll({ room, eventId }: { room: Room; eventId: string }) {
  const text = useText()
  const poll = usePoll(room, eventId)
  if (!poll) return <p>{text('general.loading')}</p>
  const { question, answers, votes, mine, total, ended, vote } = poll
  return (
    <div className={styles['poll']}>
      <p className={styles['question']}>{question}</p>
      <ul className={styles['answers']}>
        {answers.map(({ id, label }) => {
          const count = votes.get(id) ?? 0
          const chosen = mine.includes(id)
          return (
            <li key={id}>
              <button
                type="button"
                className={classNames(styles['answer'], chosen && styles['chosen'])}
                aria-pressed={chosen}
                disabled={ended}
                onClick={() => vote(id)}
              >
                <span
                  className={styles['share']}
                  style={{ width: `${total === 0 ? 0 : Math.round((count / total) * 100)}%` }}
                  aria-hidden
                />
                <span className={styles['label']}>{label}</span>
                <span className={styles['count']}>{count}</span>
              </button>
            </li>
          )
        })}
      </ul>
      <p className={styles['total']}>{text(ended ? 'poll.ended' : 'poll.votes', { count: total })}</p>
    </div>
  )
}
