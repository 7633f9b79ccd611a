import type { Clock } from '../../../platform/clock.ts'
import { Outage } from '../../../platform/refusal.ts'
import type { Position, Stream } from '../../../platform/stream/stream.ts'
import type { MembershipEntry } from '../../rooms/api.ts'
import type { Sources, View } from '../view.ts'

type Deps = { sources: Sources; stream: Stream; clock: Clock }

/**
 * The client may come from a node that is ahead of this one: waits until this one has read as far. False when it is ahead of
 * all of them: then its token is nobody's.
 */
export async function catchUp(deps: Deps, position: Position, gone: AbortSignal): Promise<boolean> {
  const { stream, sources, clock } = deps
  if (stream.position() >= position) return true
  if ((await stream.head()) < position) return false
  const limit = new AbortController()
  const late = new Outage('this node has not yet read what the client has seen elsewhere')
  const cancel = clock.after(sources.config.catchUpMax, () => limit.abort(late))
  try {
    await stream.reached(position, AbortSignal.any([limit.signal, gone]))
  } finally {
    cancel()
  }
  return true
}

export type Moment = Pick<View, 'upTo' | 'soft' | 'ignored' | 'memberships'>

/** The present as one moment: memberships as of exactly the position that the answer goes up to. */
export async function presentMoment({ sources, stream }: Deps, userId: string): Promise<Moment> {
  const { rooms, accountData, presence } = sources
  const ignored = await accountData.ignoredUsers(userId)
  let upTo: Position
  let memberships: ReadonlyMap<string, MembershipEntry>
  do {
    upTo = stream.position()
    memberships = await rooms.membershipsOf(userId)
  } while (stream.position() !== upTo)
  return { upTo, memberships, ignored, soft: presence.token() }
}

export function ifOutage(error: unknown): Outage {
  if (error instanceof Outage) return error
  throw error
}
