import type { MatrixEvent } from 'matrix-js-sdk'
import type { OutboxEntry } from '../../api/outbox.ts'
import type { Said } from './history-items.ts'

export type ShownThing = Said &
  ({ event: MatrixEvent; entry?: undefined } | { entry: OutboxEntry; event?: undefined })

const messageTypes: ReadonlySet<string> = new Set([
  'm.room.message',
  'm.room.encrypted',
  'm.sticker',
  'm.call.invite',
  'm.poll.start',
  'org.matrix.msc3381.poll.start',
])
const noticeTypes: ReadonlySet<string> = new Set([
  'm.room.member',
  'm.room.name',
  'm.room.topic',
  'm.room.create',
  'm.room.encryption',
  'm.room.pinned_events',
  'm.room.avatar',
])
const changesOfOthers: ReadonlySet<string> = new Set(['m.replace', 'm.annotation', 'm.reference'])

/** What of a room's events, and of what waits to be sent there, is shown as lines of their own; oldest first. */
export function shownThings(
  events: readonly MatrixEvent[],
  pending: readonly OutboxEntry[],
  { me, forTwo }: { me: string; forTwo: boolean },
): ShownThing[] {
  const here = new Set(events.map((event) => event.getId()))
  return [
    ...events.flatMap((event) => {
      const kind = kindOf(event, forTwo)
      if (kind === undefined) return []
      return [{ key: event.getId() ?? '', sender: event.getSender() ?? '', at: event.getTs(), kind, event }]
    }),
    ...pending
      .filter(({ type, eventId, content, threadId }) => {
        if (threadId !== undefined || !messageTypes.has(type) || (eventId && here.has(eventId))) return false
        return !changesOfOthers.has(relationOf(content))
      })
      .map((entry) => ({
        key: entry.txnId,
        sender: me,
        at: entry.createdAt,
        kind: 'message' as const,
        entry,
      })),
  ]
}

/** Between two people nobody has to be told who opened the chat and came in. */
const plainBetweenTwo: ReadonlySet<string> = new Set(['m.room.create', 'm.room.member'])

function kindOf(event: MatrixEvent, forTwo: boolean): Said['kind'] | undefined {
  const type = event.getType()
  if (event.isState())
    return noticeTypes.has(type) && !(forTwo && plainBetweenTwo.has(type)) ? 'notice' : undefined
  if (!messageTypes.has(type) || changesOfOthers.has(event.getRelation()?.rel_type ?? '')) return undefined
  return 'message'
}

function relationOf(content: Record<string, unknown>): string {
  const relation = content['m.relates_to']
  if (typeof relation !== 'object' || relation === null || !('rel_type' in relation)) return ''
  return String(relation.rel_type)
}
