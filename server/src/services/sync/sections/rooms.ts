import type { UnreadCounts } from '../../push/api.ts'
import { type Json, objectOf } from '../json-text.ts'
import type { Sources, View } from '../view.ts'
import { roomsTopic } from '../waiting/changes.ts'
import { type OwnData, ownDataOf } from './account-data.ts'
import { type Ephemeral, ephemeralOf } from './ephemeral.ts'
import { noteSentMembers } from './lazy-load.ts'
import { type Look, lookAt } from './look.ts'
import { presentLooks } from './present.ts'
import { type JoinedPlan, planRooms, type RoomPlan } from './room-plan.ts'
import { joinedText, leftText } from './room-text.ts'
import { joinedScenes, leftScene } from './scenes.ts'
import { strippedRooms } from './stripped.ts'
import { unreadPart } from './unread.ts'

/** What is new in the person's rooms. */
export type RoomNews = {
  plan: RoomPlan
  /** Joined rooms with events, by room id. */
  joined: ReadonlyMap<string, Look>
  left: ReadonlyMap<string, Look>
  ephemeral: Ephemeral
  ownData: OwnData
}

export async function gatherRooms(sources: Sources, view: View): Promise<RoomNews> {
  const plan = await planRooms(sources, view)
  const [fresh = [], known = []] = [true, false].map((isFresh) =>
    plan.joined.flatMap((room) => (room.fresh === isFresh ? [room.roomId] : [])),
  )
  const [ephemeral, ownData, joined, left] = await Promise.all([
    ephemeralOf(sources, view, known, fresh),
    ownDataOf(sources, view, fresh),
    lookAtJoined(sources, view, plan.joined),
    Promise.all(
      plan.left.map(async (room) => lookAt(sources, view, await leftScene(sources, view, room), 'leave')),
    ),
  ])
  return { plan, joined: byRoom(joined), left: byRoom(left), ephemeral, ownData }
}

/** Undefined when nothing is new in any room. https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync_response-200_rooms */
export async function roomsText(sources: Sources, view: View, news: RoomNews): Promise<Json | undefined> {
  const roomIds = joinedToShow(view, news)
  const looks = [...roomIds.flatMap((roomId) => news.joined.get(roomId) ?? []), ...news.left.values()]
  const shown = looks.flatMap(({ scene, state }) => [...state, ...scene.timeline.events])
  const [texts, unread, invite, knock] = await Promise.all([
    presentLooks(sources, view, looks),
    unreadOf(sources, view, roomIds),
    strippedRooms(sources, news.plan.invited, 'invite_state'),
    strippedRooms(sources, news.plan.knocked, 'knock_state'),
  ])
  if (view.filter.lazyLoadMembers) noteSentMembers(sources, view, shown)

  const ownData = (roomId: string) => news.ownData.byRoom.get(roomId) ?? []
  const join = roomIds.map((roomId) => {
    const parts = {
      look: news.joined.get(roomId),
      ephemeral: news.ephemeral.events.get(roomId) ?? [],
      accountData: ownData(roomId),
      unread: unreadPart(unread.get(roomId), view.filter.unreadThreads),
    }
    return [roomId, joinedText(view, texts, parts)] as const
  })
  const leave = [...news.left].map(
    ([roomId, look]) => [roomId, leftText(view, texts, look, ownData(roomId))] as const,
  )
  if (join.length === 0 && leave.length === 0 && !invite && !knock) return undefined
  return objectOf([
    ['join', join.length > 0 ? objectOf(join) : undefined],
    ['invite', invite],
    ['knock', knock],
    ['leave', leave.length > 0 ? objectOf(leave) : undefined],
  ])
}

async function lookAtJoined(sources: Sources, view: View, plans: readonly JoinedPlan[]): Promise<Look[]> {
  const after = view.since?.position ?? 0
  const moved = plans.filter(
    ({ roomId, fresh }) => fresh || view.fullState || sources.changes.room(roomsTopic, roomId, after),
  )
  const scenes = moved.length === 0 ? [] : await joinedScenes(sources, view, moved)
  return Promise.all(scenes.map((scene) => lookAt(sources, view, scene, 'join')))
}

function byRoom(looks: readonly Look[]): Map<string, Look> {
  return new Map(looks.map((look) => [look.scene.roomId, look]))
}

function joinedToShow(view: View, { plan, joined, ephemeral, ownData }: RoomNews): string[] {
  return plan.joined.flatMap(({ roomId, fresh }) => {
    const look = joined.get(roomId)
    const isNew =
      fresh ||
      view.fullState ||
      (look && hasNews(look)) ||
      ephemeral.events.has(roomId) ||
      ephemeral.read.has(roomId) ||
      ownData.byRoom.has(roomId)
    return isNew ? [roomId] : []
  })
}

function hasNews({ scene, state, summary }: Look): boolean {
  const { events, limited } = scene.timeline
  return events.length > 0 || limited || state.length > 0 || summary !== undefined
}

async function unreadOf(
  { push }: Sources,
  { caller, upTo }: View,
  roomIds: readonly string[],
): Promise<Map<string, UnreadCounts>> {
  return roomIds.length === 0 ? new Map() : push.unreadCounts(caller.userId, roomIds, upTo)
}
