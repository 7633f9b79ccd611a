import type { JsonObject, JsonValue } from '../../../platform/json.ts'
import { formatToken } from '../../../platform/stream/token.ts'
import type { UnreadCounts } from '../../push/api.ts'
import type { TimelineEvent } from '../../rooms/api.ts'
import { arrayOf, type Json, json, objectOf } from '../json-text.ts'
import { receiptsOf } from '../sections/ephemeral.ts'
import { presentLooks } from '../sections/present.ts'
import { stateOf } from '../sections/state.ts'
import type { Sources } from '../view.ts'
import { roomsTopic } from '../waiting/changes.ts'
import { live, never, type ToldRoom } from './connection.ts'
import { lookAtRoom, type SlidingLook } from './look.ts'
import { hasMoved, type RoomScenes, type RoomTask, roomScenes } from './rooms.ts'
import type { SlidingView } from './sliding-view.ts'

type Shown = { task: RoomTask; look: SlidingLook | undefined; stripped: JsonValue[] | undefined }

/** What is new in the rooms of the window, by room id; notes that it has been told. */
export async function roomResults(sources: Sources, view: SlidingView): Promise<[string, Json][]> {
  const scenes = await roomScenes(sources, view)
  const [looks, read] = await Promise.all([
    Promise.all(scenes.map((each) => shownOf(sources, view, each))),
    roomsRead(sources, view, scenes),
  ])
  const shown = looks.filter(
    ({ task, look, stripped }) => look || stripped || read.has(task.roomId) || directChanged(task),
  )
  const [texts, unread] = await Promise.all([
    presentLooks(
      sources,
      view,
      shown.flatMap(({ look }) => look ?? []),
    ),
    unreadOf(sources, view, shown),
  ])
  noteTold(sources, view, looks)
  return shown.map((each) => [each.task.roomId, resultText(view, each, texts, unread.get(each.task.roomId))])
}

function directChanged({ after, told, chosen }: RoomTask): boolean {
  return after !== undefined && told.isDirect !== chosen.isDirect
}

async function shownOf(sources: Sources, view: SlidingView, scenes: RoomScenes): Promise<Shown> {
  const { task, scene } = scenes
  const { entry } = task.chosen
  if (entry.membership === 'join')
    return { task, look: await lookAtRoom(sources, view, scenes), stripped: undefined }
  if (!hasMoved(sources, task)) return { task, look: undefined, stripped: undefined }
  if (scene && scene.end >= scene.timeline.start) {
    const { events, changed } = await stateOf(sources, scene, 'end')
    const state = events.filter((event) => task.required.matches(event))
    const isNew = scene.knownUpTo === undefined
    const look = { scene, state, summary: undefined, changed, isNew, isExpanded: false, current: undefined }
    return { task, look, stripped: undefined }
  }
  // They never were inside, so what they were told when they were asked in is all there is for them.
  const stripped = await sources.rooms.strippedState(entry.roomId, entry.position)
  const look = scene && {
    scene,
    state: [],
    summary: undefined,
    changed: [],
    isNew: true,
    isExpanded: false,
    current: undefined,
  }
  return { task, look, stripped }
}

/** Rooms in which the person themselves has read on, so that their counts may have changed. */
async function roomsRead(
  sources: Sources,
  view: SlidingView,
  scenes: readonly RoomScenes[],
): Promise<Set<string>> {
  const { caller, since } = view
  if (!since) return new Set()
  const known = scenes.flatMap(({ task }) =>
    task.after !== undefined && task.chosen.entry.membership === 'join' ? [task.roomId] : [],
  )
  const receipts = await receiptsOf(sources, view, known, [])
  const own = [...receipts].filter(([, ofRoom]) => ofRoom.some(({ userId }) => userId === caller.userId))
  return new Set(own.map(([roomId]) => roomId))
}

async function unreadOf(
  { push }: Sources,
  { caller, upTo }: SlidingView,
  shown: readonly Shown[],
): Promise<Map<string, UnreadCounts>> {
  const roomIds = shown.flatMap(({ task }) => (task.chosen.entry.membership === 'join' ? [task.roomId] : []))
  return roomIds.length === 0 ? new Map() : push.unreadCounts(caller.userId, roomIds, upTo)
}

/** Rooms of the window are told up to now; of others it is kept from where on they have not been. */
function noteTold(sources: Sources, view: SlidingView, looks: readonly Shown[]): void {
  const { telling, connection, window, since, memberships } = view
  const states = { ...connection.rest.states }
  for (const { task, look } of looks) {
    const { roomId, required, chosen } = task
    states[required.id] ??= JSON.stringify(required.requests)
    telling.change(roomId, {
      events: live,
      stateId: required.id,
      isDirect: chosen.isDirect,
      timelineLimit: limitTold(task, look),
      ...(task.after === undefined ? anew : {}),
    })
  }
  if (Object.keys(states).length > Object.keys(connection.rest.states).length) telling.changeRest({ states })
  if (!since) return
  for (const [roomId, told] of connection.rooms) {
    if (told.events !== live || window.rooms.has(roomId)) continue
    const entry = memberships.get(roomId)
    const moved =
      entry?.membership === 'join'
        ? sources.changes.room(roomsTopic, roomId, since.position)
        : entry !== undefined && entry.position > since.position
    if (moved) telling.change(roomId, { events: since.position })
  }
}

/** A client that gets a room as a new one forgets what it had of it. */
const anew: Partial<ToldRoom> = { receipts: never, accountData: never, typing: false }

function limitTold({ limit, told, after }: RoomTask, look: SlidingLook | undefined): number {
  if (after === undefined || limit > told.timelineLimit) return limit
  return look?.scene.timeline.limited ? limit : told.timelineLimit
}

type Texts = ReadonlyMap<string, Json>

/** https://github.com/matrix-org/matrix-spec-proposals/blob/main/proposals/4186-simplified-sliding-sync.md#roomresult */
function resultText(view: SlidingView, shown: Shown, texts: Texts, unread: UnreadCounts | undefined): Json {
  const { task, look, stripped } = shown
  const { chosen, after } = task
  const { entry, digest, lists } = chosen
  const isJoined = entry.membership === 'join'
  const isNew = look?.isNew ?? after === undefined
  return objectOf([
    ['initial', isNew ? json(true) : undefined],
    ['membership', json(entry.membership)],
    ['bump_stamp', json(isJoined ? digest.bumpPosition : entry.position)],
    ['lists', lists.length > 0 ? json(lists) : undefined],
    ['is_dm', (isNew ? chosen.isDirect : directChanged(task)) ? json(chosen.isDirect) : undefined],
    ...(look ? eventParts(view, task, look, texts) : []),
    ...(look?.current ? describingParts(look) : []),
    ['stripped_state', stripped && json(stripped)],
    // What clients of today read.
    [
      'invite_state',
      stripped && (entry.membership === 'invite' || entry.membership === 'knock')
        ? json(stripped)
        : undefined,
    ],
    ['notification_count', unread && json(unread.total.notification)],
    ['highlight_count', unread && json(unread.total.highlight)],
  ])
}

function eventParts(
  view: SlidingView,
  task: RoomTask,
  look: SlidingLook,
  texts: Texts,
): [string, Json | undefined][] {
  const { scene, state, isExpanded } = look
  const { timeline } = scene
  const shownEvents = task.limit === 0 ? [] : timeline.events
  const isCut = timeline.limited || shownEvents.length < timeline.events.length
  const liveFrom = task.after ?? view.since?.position ?? view.upTo
  const hasBefore = isCut || !timeline.fromBeginning
  const start = shownEvents.length === 0 && isCut ? view.upTo : timeline.start - 1
  return [
    ['required_state', state.length > 0 ? textsOf(texts, state) : undefined],
    ['timeline', shownEvents.length > 0 ? textsOf(texts, shownEvents) : undefined],
    ['limited', isCut ? json(true) : undefined],
    [
      'prev_batch',
      hasBefore && (timeline.events.length > 0 || isCut) ? json(formatToken({ position: start })) : undefined,
    ],
    ['num_live', json(shownEvents.filter(({ position }) => position > liveFrom).length)],
    // The second name is the one that clients of today read.
    ['expanded_timeline', isExpanded ? json(true) : undefined],
    ['unstable_expanded_timeline', isExpanded ? json(true) : undefined],
  ]
}

function textsOf(texts: Texts, events: readonly TimelineEvent[]): Json {
  return arrayOf(events.flatMap(({ eventId }) => texts.get(eventId) ?? []))
}

/** Name, picture and people, as far as they may have changed. */
function describingParts({ current, changed, isNew, summary }: SlidingLook): [string, Json | undefined][] {
  if (!current) return []
  const concerns = (type: string) => changed?.some((event) => event.type === type && event.stateKey === '')
  const value = (type: string, key: string) => textIn(current.event(type, '')?.content, key)
  const described = (type: string, key: string): Json | undefined => {
    const text = value(type, key)
    if (isNew) return text === undefined ? undefined : json(text)
    return concerns(type) ? json(text ?? null) : undefined
  }
  const heroes = summary?.['m.heroes']
  return [
    ['name', described('m.room.name', 'name')],
    ['avatar', described('m.room.avatar', 'url')],
    [
      'heroes',
      heroes && json(heroes.map((userId) => heroOf(userId, current.event('m.room.member', userId)))),
    ],
    ['joined_count', summary && json(summary['m.joined_member_count'])],
    ['invited_count', summary && json(summary['m.invited_member_count'])],
  ]
}

function heroOf(userId: string, member: TimelineEvent | undefined): JsonObject {
  const displayname = textIn(member?.content, 'displayname')
  const avatarUrl = textIn(member?.content, 'avatar_url')
  return {
    user_id: userId,
    ...(displayname === undefined ? {} : { displayname }),
    ...(avatarUrl === undefined ? {} : { avatar_url: avatarUrl }),
  }
}

function textIn(content: JsonObject | undefined, key: string): string | undefined {
  const text = content?.[key]
  return typeof text === 'string' && text !== '' ? text : undefined
}
