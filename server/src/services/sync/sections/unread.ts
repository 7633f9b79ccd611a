import type { JsonObject } from '../../../platform/json.ts'
import type { UnreadCounts } from '../../push/api.ts'

/**
 * Unread counts as a joined room shows them: per thread when the client asked for that, else summed up.
 * https://spec.matrix.org/v1.19/client-server-api/#receiving-notifications
 */
export function unreadPart(counts: UnreadCounts | undefined, perThread: boolean): JsonObject {
  if (!counts) return { unread_notifications: present(none) }
  if (!perThread) return { unread_notifications: present(counts.total) }
  const threads = [...counts.threads].map(([threadId, ofThread]) => [threadId, present(ofThread)] as const)
  return {
    unread_notifications: present(counts.main),
    ...(threads.length > 0 ? { unread_thread_notifications: Object.fromEntries(threads) } : {}),
  }
}

const none = { notification: 0, highlight: 0 }

function present({ notification, highlight }: typeof none): JsonObject {
  return { notification_count: notification, highlight_count: highlight }
}
