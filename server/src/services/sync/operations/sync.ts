import type { Clock } from '../../../platform/clock.ts'
import { Outage } from '../../../platform/refusal.ts'
import type { Position, Stream } from '../../../platform/stream/stream.ts'
import { parseToken, type StreamToken } from '../../../platform/stream/token.ts'
import { type Answer, answerOf, unchanged } from '../answer.ts'
import type { SyncRequest } from '../api.ts'
import type { Filter } from '../filters/definition.ts'
import type { StoredFilters } from '../filters/stored-filters.ts'
import { refuse } from '../refusals.ts'
import type { Sources, View } from '../view.ts'
import type { OnlinePeople, Visit } from '../waiting/online-people.ts'
import { catchUp, ifOutage, presentMoment } from './moment.ts'

export type SyncDeps = {
  sources: Sources
  filters: StoredFilters
  people: OnlinePeople
  stream: Stream
  clock: Clock
}

/**
 * Answers one /sync: at once when it is the first, asks for the full state, or has something to show; else as soon as
 * something that concerns the person arrives, or when its time is up.
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync
 */
export async function sync(deps: SyncDeps, request: SyncRequest): Promise<string> {
  const { sources, people, clock } = deps
  const { caller, gone } = request
  const first = readSince(request.since)
  const [filter] = await Promise.all([
    deps.filters.resolve(caller.userId, request.filter),
    first && requireKnown(deps, first.position, gone),
  ])
  if (request.setPresence !== 'offline') sources.presence.seen(caller.userId, request.setPresence)
  await acknowledge(sources, request, first)

  const waits = first !== undefined && !request.fullState && request.timeoutMs > 0
  const deadlineMs = clock.now() + Math.min(request.timeoutMs, sources.config.timeoutMax)
  const visit = waits ? await people.attend(caller.userId) : undefined
  for (let since = first; ; ) {
    const softChanges = visit?.softChanges() ?? 0
    if (visit && since && isUpToDate(sources, visit, since)) {
      // Most polls arrive with nothing new: they cost nothing until there is something, or their time is up.
      await visit.wait({ position: since.position, softChanges }, deadlineMs - clock.now(), gone)
      await request.stillAllowed()
    }
    const looked = await look(deps, request, filter, since).catch(ifOutage)
    if (looked instanceof Outage) {
      // Nothing can be looked up just now. Whoever waits goes on waiting, and keeps the token at the end.
      if (!visit || !since) throw looked
      if (deadlineMs <= clock.now() || gone.aborted) return unchanged(since)
      await clock.sleep(Math.min(lookAgainMs, deadlineMs - clock.now()), gone).catch(() => undefined)
      continue
    }
    const { view, answer } = looked
    const remainingMs = deadlineMs - clock.now()
    if (!answer.empty || !visit || remainingMs <= 0 || gone.aborted) return answer.text
    const ended = await visit.wait({ position: view.upTo, softChanges }, remainingMs, gone)
    await request.stillAllowed()
    if (ended) return answer.text
    since = answer.next
  }
}

const lookAgainMs = 1000

async function look(deps: SyncDeps, request: SyncRequest, filter: Filter, since: StreamToken | undefined) {
  const view: View = { ...request, filter, since, ...(await presentMoment(deps, request.caller.userId)) }
  const answer: Answer = await answerOf(deps.sources, view)
  return { view, answer }
}

/** The client has all that this node has: no answer needs to be made to know that it would be empty. */
function isUpToDate({ presence }: Sources, visit: Visit, since: StreamToken): boolean {
  return since.toDevice === undefined && since.soft === presence.token() && visit.isQuietSince(since.position)
}

function readSince(text: string | undefined): StreamToken | undefined {
  if (text === undefined) return undefined
  const token = parseToken(text)
  if (!token) throw refuse('sync.token_malformed')
  return token
}

/** A token that is ahead of all nodes is nobody's. */
async function requireKnown(deps: SyncDeps, position: Position, gone: AbortSignal): Promise<void> {
  if (!(await catchUp(deps, position, gone))) throw refuse('sync.token_unknown')
}

/** By its token the device says that it has the messages up to there. */
async function acknowledge(
  { toDevice }: Sources,
  { caller }: SyncRequest,
  since: StreamToken | undefined,
): Promise<void> {
  if (!since || caller.deviceId === undefined) return
  // What cannot be forgotten now is forgotten at the next sync; nobody is given it again meanwhile.
  await toDevice.acknowledge(caller.userId, caller.deviceId, since.toDevice ?? since.position).catch(ifOutage)
}
