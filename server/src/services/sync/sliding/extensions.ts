import type { JsonObject } from '../../../platform/json.ts'
import { formatToken, parseToken } from '../../../platform/stream/token.ts'
import { type Json, json, objectOf } from '../json-text.ts'
import { ownDataOf } from '../sections/account-data.ts'
import { deviceListsOf } from '../sections/device-lists.ts'
import { receiptsOf, typingOf } from '../sections/ephemeral.ts'
import { type MovedRoom, movedPeople } from '../sections/people.ts'
import type { Sources, View } from '../view.ts'
import { live, never, type Told, type ToldRoom, toldUpTo } from './connection.ts'
import type { Scope } from './request.ts'
import type { SlidingView } from './sliding-view.ts'

/** What an extension adds to an answer; `isNews` when a client that waits is to be answered because of it. */
export type Extension = { name: string; text: Json | undefined; isNews: boolean }

/**
 * Everything that is not events of rooms: to-device messages and keys, account data, receipts, typing. Each goes on where its
 * client was told of it last, whichever of them earlier requests asked for.
 */
export async function extensions(sources: Sources, view: SlidingView): Promise<Extension[]> {
  return Promise.all([
    toDevice(sources, view),
    e2ee(sources, view),
    accountData(sources, view),
    receipts(sources, view),
    typing(sources, view),
  ])
}

/** Kept until the client comes with a `since` that covers them. */
async function toDevice({ toDevice: messages }: Sources, view: SlidingView): Promise<Extension> {
  const { wanted, caller, since, upTo } = view
  const name = 'to_device'
  if (!wanted.toDevice || caller.deviceId === undefined) return { name, text: undefined, isNews: false }
  const after = parseToken(wanted.toDevice.since ?? '')?.position ?? 0
  const { events, last } = await messages.pending(
    caller.userId,
    caller.deviceId,
    after,
    upTo,
    wanted.toDevice.limit,
  )
  const isNews = events.length > 0
  const text = objectOf([
    ['next_batch', json(formatToken({ position: last ?? upTo }))],
    ['events', json(events)],
  ])
  return { name, text: isNews || !since ? text : undefined, isNews }
}

async function e2ee(sources: Sources, view: SlidingView): Promise<Extension> {
  const { caller, since, upTo, connection, telling, wanted } = view
  const name = 'e2ee'
  const told = connection.rest.deviceLists
  if (!wanted.e2ee || caller.deviceId === undefined) {
    if (told === live && since) telling.changeRest({ deviceLists: since.position })
    return { name, text: undefined, isNews: false }
  }
  const from = sinceOf(view, told)
  telling.changeRest({ deviceLists: live })
  const [lists, counts] = await Promise.all([
    from.since && changedLists(sources, from),
    sources.keys.counts(caller.userId, caller.deviceId),
  ])
  const countsChanged =
    since !== undefined && sources.keys.countsChanged(caller.userId, caller.deviceId, since.position, upTo)
  const text = objectOf([
    ['device_lists', lists && json(lists)],
    ['device_one_time_keys_count', json(counts.oneTimeKeys)],
    ['device_unused_fallback_key_types', json(counts.unusedFallbackTypes)],
  ])
  return { name, text, isNews: lists !== undefined || countsChanged }
}

/** Of all the person's rooms, whether the window shows them or not. */
async function changedLists(sources: Sources, view: SlidingView) {
  const { plan, since, upTo } = view
  const after = since?.position ?? 0
  const joined = new Map<string, MovedRoom>()
  const digests = await sources.rooms.digests(plan.joined.map(({ roomId }) => roomId))
  await Promise.all(
    plan.joined.map(async ({ roomId, fresh }) => {
      const scene = { roomId, fresh, current: undefined }
      if (fresh) return void joined.set(roomId, { scene, changed: undefined })
      const isNewlyEncrypted = (digests.get(roomId)?.encryptedAt ?? 0) > after
      if (!isNewlyEncrypted && !sources.changes.members(roomId, after)) return
      joined.set(roomId, { scene, changed: await sources.rooms.stateChanges(roomId, after, upTo) })
    }),
  )
  return deviceListsOf(sources, view, await movedPeople(sources, view, { joined, plan }))
}

/** The view of a client that was told of something as far as `told`. */
function sinceOf<V extends View>(view: V, told: Told): V {
  const position = toldUpTo(told, view.since?.position)
  return { ...view, since: position === undefined ? undefined : { ...view.since, position } }
}

async function accountData(sources: Sources, view: SlidingView): Promise<Extension> {
  const { wanted, connection, telling, since, caller } = view
  const name = 'account_data'
  const told = connection.rest.accountData
  const scope = wanted.accountData
  if (!scope) {
    leaveBehindOwnData(sources, view)
    return { name, text: undefined, isNews: false }
  }
  const isQuiet =
    since &&
    told === live &&
    !['account_data', 'push'].some((topic) => sources.changes.person(topic, caller.userId, since.position))
  const roomIds = roomsOf(view, scope)
  const fresh = roomIds.filter((roomId) => telling.of(roomId).accountData !== live)
  telling.changeRest({ accountData: live })
  if (isQuiet && fresh.length === 0) return { name, text: undefined, isNews: false }
  const own = await ownDataOf(sources, sinceOf(view, told), fresh)
  const relevant = new Set(roomIds)
  const rooms: [string, JsonObject[]][] = []
  for (const [roomId, events] of own.byRoom) {
    if (relevant.has(roomId)) rooms.push([roomId, events])
    else if (since && telling.of(roomId).accountData === live)
      telling.change(roomId, { accountData: since.position })
  }
  for (const roomId of roomIds) telling.change(roomId, { accountData: live })
  const isNews = own.global.length + rooms.length > 0
  const text = isNews ? json({ global: own.global, rooms: Object.fromEntries(rooms) }) : undefined
  return { name, text, isNews }
}

function leaveBehindOwnData({ changes }: Sources, { connection, telling, since, caller }: SlidingView): void {
  if (!since || connection.rest.accountData !== live) return
  telling.changeRest({ accountData: since.position })
  if (!changes.person('account_data', caller.userId, since.position)) return
  for (const [roomId, { accountData: told }] of connection.rooms)
    if (told === live) telling.change(roomId, { accountData: since.position })
}

async function receipts(sources: Sources, view: SlidingView): Promise<Extension> {
  const { wanted, telling, ignored } = view
  const name = 'receipts'
  const roomIds = wanted.receipts ? joinedRoomsOf(view, wanted.receipts) : []
  leaveBehind(view, 'receipts', roomIds, (roomId) => receiptsMoved(sources, view, roomId))
  const found = new Map<string, JsonObject>()
  const groups = Map.groupBy(roomIds, (roomId) => telling.of(roomId).receipts)
  for (const [told, ofGroup] of groups) {
    const isNew = told === never
    const news = await receiptsOf(sources, sinceOf(view, told), isNew ? [] : ofGroup, isNew ? ofGroup : [])
    for (const [roomId, all] of news) {
      const heard = ignored.size === 0 ? all : all.filter(({ userId }) => !ignored.has(userId))
      if (heard.length > 0)
        found.set(roomId, { type: 'm.receipt', content: sources.receipts.present(heard) as JsonObject })
    }
  }
  for (const roomId of roomIds) telling.change(roomId, { receipts: live })
  return roomsExtension(name, found)
}

function receiptsMoved({ changes }: Sources, { since, caller }: SlidingView, roomId: string): boolean {
  const after = since?.position ?? 0
  return changes.room('receipts', roomId, after) || changes.person('receipts', caller.userId, after)
}

async function typing(sources: Sources, view: SlidingView): Promise<Extension> {
  const { wanted, telling, connection, since, soft } = view
  const name = 'typing'
  const roomIds = wanted.typing ? joinedRoomsOf(view, wanted.typing) : []
  const relevant = new Set(roomIds)
  const known = roomIds.filter((roomId) => telling.of(roomId).typing)
  const fresh = roomIds.filter((roomId) => !telling.of(roomId).typing)
  for (const roomId of fresh) telling.change(roomId, { typing: true })
  for (const [roomId, room] of connection.rooms)
    if (room.typing && !relevant.has(roomId)) telling.change(roomId, { typing: false })
  if (roomIds.length === 0 || (since?.soft === soft && fresh.length === 0))
    return roomsExtension(name, new Map())
  const found = typingOf(sources, view, known, fresh)
  return roomsExtension(
    name,
    new Map([...found].map(([roomId, content]) => [roomId, { type: 'm.typing', content }])),
  )
}

function roomsExtension(name: string, rooms: ReadonlyMap<string, JsonObject>): Extension {
  const isNews = rooms.size > 0
  return { name, text: isNews ? json({ rooms: Object.fromEntries(rooms) }) : undefined, isNews }
}

/** Rooms that a client followed and does not ask for now are told of from here on when it asks again. */
function leaveBehind(
  { connection, telling, since }: SlidingView,
  part: keyof Pick<ToldRoom, 'receipts'>,
  roomIds: readonly string[],
  hasMoved: (roomId: string) => boolean,
): void {
  if (!since) return
  const relevant = new Set(roomIds)
  for (const [roomId, room] of connection.rooms) {
    if (room[part] === live && !relevant.has(roomId) && hasMoved(roomId))
      telling.change(roomId, { [part]: since.position })
  }
}

/** The rooms of the window that an extension is about. */
function roomsOf({ window }: SlidingView, { lists, rooms }: Scope): string[] {
  const anyList = lists.includes('*')
  const anySubscription = rooms.includes('*')
  return [...window.rooms].flatMap(([roomId, chosen]) => {
    const isInside =
      rooms.includes(roomId) ||
      (anySubscription && chosen.isSubscribed) ||
      chosen.lists.some((name) => anyList || lists.includes(name))
    return isInside ? [roomId] : []
  })
}

function joinedRoomsOf(view: SlidingView, scope: Scope): string[] {
  return roomsOf(view, scope).filter((roomId) => view.memberships.get(roomId)?.membership === 'join')
}
