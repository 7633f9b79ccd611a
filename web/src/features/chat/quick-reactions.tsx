import { ContextMenu } from '@base-ui/react/context-menu'
import type { MatrixEvent } from 'matrix-js-sdk'
import { useClient } from '../../api/client-context.ts'
import { toggleReaction } from '../../api/reactions.ts'
import { useText } from '../../i18n/text.ts'
import { useChat } from './chat-context.ts'
import styles from './quick-reactions.module.css'

const keys = ['👍', '❤️', '😂', '😮', '😢', '🙏'] as const

/** The reactions that are chosen most, on top of a message's menu. */
export function QuickReactions({ event }: { event: MatrixEvent }) {
  const text = useText()
  const client = useClient()
  const { room } = useChat()
  return (
    <ContextMenu.Group className={styles['reactions']} aria-label={text('chat.react')}>
      {keys.map((key) => (
        <ContextMenu.Item
          key={key}
          className={styles['reaction']}
          onClick={() => void toggleReaction(client, room, event.getId() ?? '', key)}
        >
          {key}
        </ContextMenu.Item>
      ))}
    </ContextMenu.Group>
  )
}
