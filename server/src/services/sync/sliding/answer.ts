import { formatToken, type StreamToken } from '../../../platform/stream/token.ts'
import { type Json, json, objectOf } from '../json-text.ts'
import { planRooms } from '../sections/room-plan.ts'
import type { Sources, View } from '../view.ts'
import { type Connection, startTelling } from './connection.ts'
import { extensions } from './extensions.ts'
import type { OwnMarksReader } from './own-marks.ts'
import type { Wanted } from './request.ts'
import { roomResults } from './room-results.ts'
import type { SlidingView } from './sliding-view.ts'
import { windowOf } from './window.ts'

export type SlidingAnswer = {
  /** Everything but `pos`. */
  parts: readonly (readonly [string, Json | undefined])[]
  empty: boolean
  next: StreamToken
  /** As the client has it with this answer; the one it came with when nothing of it changes. */
  connection: Connection
}

export type SlidingSources = Sources & { ownMarks: OwnMarksReader }

/** https://github.com/matrix-org/matrix-spec-proposals/blob/main/proposals/4186-simplified-sliding-sync.md#response-body */
export async function slidingAnswer(
  sources: SlidingSources,
  view: View,
  asked: { wanted: Wanted; request: string; connection: Connection },
): Promise<SlidingAnswer> {
  const { wanted, connection } = asked
  const marks = await sources.ownMarks.of(view)
  const [window, plan] = await Promise.all([
    windowOf(sources, view, wanted, { connection, marks }),
    planRooms(sources, view),
  ])
  const telling = startTelling(connection)
  telling.changeRest({ request: asked.request })
  const sliding: SlidingView = { ...view, wanted, connection, window, plan, telling }
  const rooms = await roomResults(sources, sliding)
  const added = await extensions(sources, sliding)
  const lists = [...window.counts].map(([name, count]) => [name, json({ count })] as const)
  return {
    parts: [
      ['lists', objectOf(lists)],
      ['rooms', objectOf(rooms)],
      ['extensions', objectOf(added.map(({ name, text }) => [name, text] as const))],
    ],
    empty: rooms.length === 0 && !added.some(({ isNews }) => isNews),
    next: { position: view.upTo, soft: view.soft },
    connection: telling.finish((roomId) => view.memberships.get(roomId)?.forgotten === false),
  }
}

export function answerText({ parts, next }: SlidingAnswer, connection: Connection): string {
  return objectOf([['pos', json(formatToken({ ...next, connection: connection.number }))], ...parts])
}
