import { useUnreadTotal } from '../../api/use-chats.ts'
import { useText } from '../../i18n/text.ts'
import { Badge } from '../../ui/badge.tsx'

/** Unread messages in all chats. By itself, so that a new message does not draw everything around it again. */
export function UnreadBadge() {
  const text = useText()
  const count = useUnreadTotal()
  return <Badge count={count} label={text('chats.unreadCount', { count })} />
}
