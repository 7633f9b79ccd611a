import type { MatrixEvent } from 'matrix-js-sdk'
import { useClient } from '../../api/client-context.ts'
import { reactionsTo, toggleReaction } from '../../api/reactions.ts'
import { useChat } from './chat-context.ts'
import styles from './reactions.module.css'

/** The reactions below a message; pressing one adds or takes back one's own. */
export function Reactions({ event }: { event: MatrixEvent }) {
  const client = useClient()
  const { room } = useChat()
  const id = event.getId() ?? ''
  const reactions = reactionsTo(room, id, client.getSafeUserId())
  if (reactions.length === 0) return null
  return (
    <div className={styles['reactions']}>
      {reactions.map(({ key, count, mine, names }) => (
        <button
          key={key}
          type="button"
          className={styles['reaction']}
          title={names.join(', ')}
          aria-label={`${key} ${count}: ${names.join(', ')}`}
          aria-pressed={mine !== undefined}
          onClick={() => void toggleReaction(client, room, id, key)}
        >
          <span aria-hidden>{key}</span> <span aria-hidden>{count}</span>
        </button>
      ))}
    </div>
  )
}
