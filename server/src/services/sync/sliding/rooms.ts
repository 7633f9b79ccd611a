import type { Position } from '../../../platform/stream/stream.ts'
import { compileFilter, type Filter } from '../filters/definition.ts'
import { archived } from '../sections/room-plan.ts'
import { joinedScenes, leftScene } from '../sections/scenes.ts'
import type { Scene } from '../sections/state.ts'
import type { Sources, View } from '../view.ts'
import { roomsTopic } from '../waiting/changes.ts'
import { live, type ToldRoom, toldUpTo } from './connection.ts'
import { type RequiredState, requiredState } from './required-state.ts'
import type { SlidingView } from './sliding-view.ts'
import type { ChosenRoom } from './window.ts'

/** A room of the window, and what the client has of it. */
export type RoomTask = {
  roomId: string
  chosen: ChosenRoom
  told: ToldRoom
  /** The client has the room's events up to here; undefined: it gets the room as a new one. */
  after: Position | undefined
  limit: number
  required: RequiredState
}

/** What is to be shown of a room; a scene is there when its events may have news. */
export type RoomScenes = {
  task: RoomTask
  scene: Scene | undefined
  /** Older events too, because the client asks for more of them than before. */
  expanded: Scene | undefined
}

/** The rooms of the window with what the client has of them, and the scenes of those that may have news. */
export async function roomScenes(sources: Sources, view: SlidingView): Promise<RoomScenes[]> {
  const tasks = tasksOf(view)
  const inside = tasks.filter(({ chosen }) => chosen.entry.membership === 'join')
  const moved = inside.filter((task) => hasMoved(sources, task))
  const expanding = inside.filter(
    ({ after, limit, told }) => after !== undefined && limit > told.timelineLimit,
  )
  const past = tasks.filter((task) => isPast(task) && hasMoved(sources, task))
  const [scenes, expanded, left] = await Promise.all([
    scenesOf(sources, view, moved, ({ after }) => after),
    scenesOf(sources, view, expanding, () => undefined),
    Promise.all(past.map(async (task) => [task.roomId, await pastScene(sources, view, task)] as const)),
  ])
  for (const [roomId, scene] of left) scenes.set(roomId, scene)
  return tasks.map((task) => ({
    task,
    scene: scenes.get(task.roomId),
    expanded: expanded.get(task.roomId),
  }))
}

/** Something has happened in the room that this person may see. */
export function hasMoved({ changes }: Sources, { roomId, chosen, after }: RoomTask): boolean {
  if (after === undefined) return true
  const { entry } = chosen
  return entry.membership === 'join' ? changes.room(roomsTopic, roomId, after) : entry.position > after
}

function isPast({ chosen }: RoomTask): boolean {
  const { membership } = chosen.entry
  return membership === 'leave' || membership === 'ban'
}

function tasksOf(view: SlidingView): RoomTask[] {
  const arrived = new Set(view.plan.joined.flatMap(({ roomId, fresh }) => (fresh ? [roomId] : [])))
  const combine = createCombiner()
  return [...view.window.rooms].map(([roomId, chosen]) => {
    const told = view.telling.of(roomId)
    const after = toldUpTo(told.events, view.since?.position)
    const { entry, configs } = chosen
    // What was left behind before the token is not followed step by step: whose membership moved gets the room anew.
    const isNew =
      entry.membership === 'join' &&
      (told.events === live ? arrived.has(roomId) : after !== undefined && entry.position > after)
    return { roomId, chosen, told, after: isNew ? undefined : after, ...combine(configs) }
  })
}

/** Most rooms share their configuration, which is then put together once. */
function createCombiner() {
  const combined = new Map<string, { limit: number; required: RequiredState }>()
  const numbers = new Map<object, number>()
  const numberOf = (config: object) => {
    const number = numbers.get(config) ?? numbers.size
    numbers.set(config, number)
    return number
  }
  return (configs: ChosenRoom['configs']) => {
    const key = configs.map(numberOf).join()
    const known = combined.get(key)
    if (known) return known
    const result = {
      limit: Math.max(...configs.map(({ timelineLimit }) => timelineLimit)),
      required: requiredState(configs.map(({ state }) => state)),
    }
    combined.set(key, result)
    return result
  }
}

/** One question for all rooms that the client has equally much of. */
async function scenesOf(
  sources: Sources,
  view: View,
  tasks: readonly RoomTask[],
  afterOf: (task: RoomTask) => Position | undefined,
): Promise<Map<string, Scene>> {
  const groups = Map.groupBy(tasks, (task) => `${afterOf(task)} ${task.limit}`)
  const scenes = await Promise.all(
    [...groups.values()].map((group) => {
      const [first] = group
      const after = first && afterOf(first)
      const plans = group.map(({ roomId }) => ({ roomId, fresh: after === undefined }))
      return joinedScenes(sources, sceneView(view, after, first?.limit ?? 0), plans)
    }),
  )
  return new Map(scenes.flat().map((scene) => [scene.roomId, scene]))
}

/** A room that the person left or was put out of, up to the end of their stay. */
async function pastScene(sources: Sources, view: SlidingView, task: RoomTask): Promise<Scene> {
  const { roomId, told, after, chosen, limit } = task
  const followed = told.events === live ? view.plan.left.find((left) => left.roomId === roomId) : undefined
  const plan = followed ?? (await archived(sources, chosen.entry))
  return leftScene(sources, sceneView(view, followed ? after : undefined, limit), plan)
}

function sceneView(view: View, after: Position | undefined, limit: number): View {
  return { ...view, since: after === undefined ? undefined : { position: after }, filter: filterFor(limit) }
}

const filters = new Map<number, Filter>()

/** Everything, with so many events; a limit of none still looks at one, to know whether there is any. */
function filterFor(limit: number): Filter {
  const known = filters.get(limit)
  if (known) return known
  const filter = compileFilter({ room: { timeline: { limit: Math.max(1, limit) } } })
  filters.set(limit, filter)
  return filter
}
