import { createLastPositions, type LastPositions } from '../../../platform/stream/last-positions.ts'
import type { Move, Position } from '../../../platform/stream/stream.ts'
import type { TimelineEvent } from '../../rooms/api.ts'

/**
 * Where each room's and each person's rows last moved, as far back as this node remembers: what an incremental sync
 * asks before it asks a service, so that one with little to show looks little up. It errs only towards "moved".
 */
export type Changes = {
  /** Takes in room events, before the stream position reaches them. */
  takeEvents(events: readonly TimelineEvent[]): void
  takeMoves(moves: readonly Move[]): void
  /** May the topic have rows after `after` that concern the members of this room? */
  room(topic: string, roomId: string, after: Position): boolean
  /** May the topic have rows after `after` that concern this person in particular? */
  person(topic: string, userId: string, after: Position): boolean
  /** May the topic have rows after `after` that concern the people around somebody? */
  anybodyAround(topic: string, after: Position): boolean
  /** May somebody's membership of this room have changed after `after`? */
  members(roomId: string, after: Position): boolean
  /** May the person's own membership of some room have changed after `after`? */
  membership(userId: string, after: Position): boolean
}

export const roomsTopic = 'rooms'
const members = 'members'
const keysMax = 200_000

type Topic = {
  rooms: LastPositions
  people: LastPositions
  /** Where rows stand that did not say whom they concern. */
  everybodyAt: Position
  aroundAt: Position
}

/** `position` is the stream's: of what lies before the first look at it nothing is known. */
export function createChanges(position: () => Position): Changes {
  const topics = new Map<string, Topic>()
  let start: Position | undefined
  // One for all topics: what moves in a topic from then on is taken in here, whenever somebody first asks about it.
  const floor = () => {
    start ??= position()
    return start
  }

  function of(name: string): Topic {
    const known = topics.get(name)
    if (known) return known
    const topic = {
      rooms: createLastPositions(floor, keysMax),
      people: createLastPositions(floor, keysMax),
      everybodyAt: floor(),
      aroundAt: floor(),
    }
    topics.set(name, topic)
    return topic
  }

  function takeMove({ topic: name, after, upTo, concerned }: Move): void {
    const topic = of(name)
    // What moved in the rooms is known from their events.
    if (concerned === undefined && name !== roomsTopic) topic.everybodyAt = upTo
    const at = (key: string) => [key, upTo] as const
    const around = [...(concerned?.peopleAround ?? [])]
    topic.rooms.take(after, Iterator.from(concerned?.roomIds ?? []).map(at))
    topic.people.take(after, [...(concerned?.users ?? []), ...around].map(at))
    if (around.length > 0) topic.aroundAt = upTo
  }

  const moved = (topic: Topic, last: Position, after: Position) => Math.max(last, topic.everybodyAt) > after
  const room = (name: string, roomId: string, after: Position) =>
    moved(of(name), of(name).rooms.latest(roomId), after)
  const person = (name: string, userId: string, after: Position) =>
    moved(of(name), of(name).people.latest(userId), after)

  return {
    takeEvents(events) {
      const [first] = events
      if (!first) return
      const memberEvents = events.filter(({ type }) => type === 'm.room.member')
      const inRoom = ({ roomId, position: at }: TimelineEvent) => [roomId, at] as const
      of(roomsTopic).rooms.take(first.position - 1, events.map(inRoom))
      of(members).rooms.take(first.position - 1, memberEvents.map(inRoom))
      of(members).people.take(
        first.position - 1,
        memberEvents.map(({ stateKey, position: at }) => [stateKey ?? '', at] as const),
      )
    },
    takeMoves(moves) {
      floor()
      for (const move of moves) takeMove(move)
    },
    room,
    person,
    anybodyAround: (name, after) => moved(of(name), of(name).aroundAt, after),
    members: (roomId, after) => room(members, roomId, after),
    membership: (userId, after) => person(members, userId, after),
  }
}
