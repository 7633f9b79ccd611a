import { isJsonObject } from '../../../platform/json.ts'
import type { Position } from '../../../platform/stream/stream.ts'
import type { ClientEvent, Rooms, TimelineEvent, Viewer } from '../../rooms/api.ts'
import type { Outcome } from '../rules/evaluate.ts'
import type { CountingDeps } from '../unread/count-unread.ts'
import { MAIN, readMarks } from '../unread/read-marks.ts'

export type NotificationsDeps = Pick<CountingDeps, 'receipts' | 'accountData' | 'rules' | 'judge'> & {
  rooms: Pick<Rooms, 'membershipsOf' | 'latestEvents' | 'visibleTo' | 'present'>
}

export type NotificationsRequest = {
  viewer: Viewer
  /** Events at or below it are looked at. */
  from: Position
  limit: number
  highlightsOnly: boolean
}

export type Notification = { event: TimelineEvent; shown: ClientEvent; outcome: Outcome; read: boolean }
export type NotificationsPage = { notifications: Notification[]; next: Position | undefined }

/** Events of one room looked at together, and rounds of that for one page: the next page goes on from there. */
const chunkMax = 50
const roundsMax = 10

/**
 * What a person was notified about in the rooms that they are in, the newest first: judged by their rules of now, so that
 * nothing is kept for those who never ask.
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3notifications
 */
export async function listNotifications(
  deps: NotificationsDeps,
  request: NotificationsRequest,
): Promise<NotificationsPage> {
  const { viewer } = request
  const memberships = await deps.rooms.membershipsOf(viewer.userId)
  const joined = [...memberships.values()].filter(({ membership }) => membership === 'join')
  const roomIds = joined.map(({ roomId }) => roomId)
  const receipts = await deps.receipts.ofUser(viewer.userId, roomIds)
  const notifications: Notification[] = []
  let upTo: Position | undefined = request.from
  for (let round = 0; round < roundsMax && upTo !== undefined; round++) {
    const { events, next } = await newestOf(deps, roomIds, upTo)
    for (const { event, shown, outcome } of await judge(deps, viewer, events)) {
      if (request.highlightsOnly && !outcome.highlight) continue
      if (notifications.length === request.limit) return { notifications, next: event.position }
      const marks = readMarks(receipts.get(event.roomId) ?? [])
      const read = event.position <= marks.of(event.threadRoot ?? MAIN)
      notifications.push({ event, shown, outcome, read })
    }
    upTo = next
  }
  return { notifications, next: upTo }
}

/** The newest events of all rooms, as far down as all of them are known to be among these. */
async function newestOf(
  { rooms }: NotificationsDeps,
  roomIds: readonly string[],
  upTo: Position,
): Promise<{ events: TimelineEvent[]; next: Position | undefined }> {
  const slices = await rooms.latestEvents(roomIds, { after: undefined, upTo, limit: chunkMax })
  let floor = 0
  for (const { events, limited } of slices.values())
    if (limited) floor = Math.max(floor, events[0]?.position ?? 0)
  const events = [...slices.values()]
    .flatMap((slice) => slice.events)
    .filter(({ position }) => position >= floor)
    .sort((one, other) => other.position - one.position)
  return { events, next: floor === 0 ? undefined : floor - 1 }
}

/** Those of the events that notify, with what they do: sent by others while the person was in the room. */
async function judge(
  { rooms, rules, judge: judges, accountData }: NotificationsDeps,
  viewer: Viewer,
  events: readonly TimelineEvent[],
): Promise<{ event: TimelineEvent; shown: ClientEvent; outcome: Outcome }[]> {
  const { userId } = viewer
  const [{ compiled }, ignored] = await Promise.all([rules.of(userId), accountData.ignoredUsers(userId)])
  const outcomes = new Map<TimelineEvent, Outcome>()
  for (const [roomId, ofRoom] of Map.groupBy(events, (event) => event.roomId)) {
    const wanted = ofRoom.filter(({ sender }) => sender !== userId && !ignored.has(sender))
    if (wanted.length === 0) continue
    const visible = await rooms.visibleTo(userId, roomId, wanted.toReversed())
    if (visible.length === 0) continue
    const outcomeOf = await judges.of(visible, userId, compiled)
    for (const event of visible) outcomes.set(event, outcomeOf(event))
  }
  const notifying = events.filter((event) => outcomes.get(event)?.notify)
  const shown = await rooms.present(notifying, viewer)
  return notifying.flatMap((event, index) => {
    const [outcome, presented] = [outcomes.get(event), shown[index]]
    return outcome && presented && wasMember(presented) ? [{ event, shown: presented, outcome }] : []
  })
}

/** The viewer's membership at the event stands in it. */
function wasMember({ unsigned }: ClientEvent): boolean {
  return isJsonObject(unsigned) && unsigned['membership'] === 'join'
}
