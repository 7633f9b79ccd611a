import { createHash } from 'node:crypto'
import type { Clock } from '../../../platform/clock.ts'
import { Outage } from '../../../platform/refusal.ts'
import type { Position, Stream } from '../../../platform/stream/stream.ts'
import { parseToken, type StreamToken } from '../../../platform/stream/token.ts'
import type { SlidingSyncRequest } from '../api.ts'
import { compileFilter } from '../filters/definition.ts'
import { refuse } from '../refusals.ts'
import { answerText, type SlidingAnswer, type SlidingSources, slidingAnswer } from '../sliding/answer.ts'
import type { Connection } from '../sliding/connection.ts'
import type { ConnectionKey, Connections } from '../sliding/connections.ts'
import { type Wanted, wantedBy } from '../sliding/request.ts'
import type { View } from '../view.ts'
import type { OnlinePeople } from '../waiting/online-people.ts'
import { catchUp, ifOutage, presentMoment } from './moment.ts'

export type SlidingSyncDeps = {
  sources: SlidingSources
  connections: Connections
  people: OnlinePeople
  stream: Stream
  clock: Clock
}

const everything = compileFilter({})
const lookAgainMs = 1000
/** What was answered last to clients that stand where they stood: as long as nothing concerns them, that is the answer. */
const lastEmpty = new WeakMap<Connection, SlidingAnswer>()

/**
 * Answers one sliding sync: at once when it is the first, asks for something else than before, or has something to show; else
 * as soon as something that concerns it arrives, or when its time is up. What the answer tells is stored before it is
 * given, so the client goes on from it at any node.
 * https://github.com/matrix-org/matrix-spec-proposals/blob/main/proposals/4186-simplified-sliding-sync.md
 */
export async function slidingSync(deps: SlidingSyncDeps, request: SlidingSyncRequest): Promise<string> {
  const { sources, people, clock, connections } = deps
  const { caller, gone, body } = request
  const wanted = wantedBy(body, caller.userId, sources.config)
  const key = { userId: caller.userId, deviceId: caller.deviceId ?? '', connId: body.conn_id ?? '' }
  const { since: first, connection: found } = await comeBack(deps, key, request)
  if (request.setPresence !== 'offline') sources.presence.seen(caller.userId, request.setPresence)
  await acknowledge(deps, request, wanted)

  const asked = { wanted, request: fingerprint(wanted) }
  let connection = found ?? connections.start()
  const asksAnew = found?.rest.request !== asked.request
  const deadlineMs = clock.now() + Math.min(request.timeoutMs, sources.config.timeoutMax)
  const visit = first !== undefined && !asksAnew ? await people.attend(caller.userId) : undefined
  const waits = visit !== undefined && request.timeoutMs > 0
  const isQuietSince = ({ position, soft }: StreamToken) =>
    soft === sources.presence.token() && visit?.isQuietSince(position) === true
  for (let since = first; ; ) {
    const softChanges = visit?.softChanges() ?? 0
    if (waits && since && isQuietSince(since)) {
      // Most polls arrive with nothing new: they cost nothing until there is something, or their time is up.
      await visit.wait({ position: since.position, softChanges }, deadlineMs - clock.now(), gone)
      await request.stillAllowed()
    }
    const before = lastEmpty.get(connection)
    if (before && since && isSame(before.next, since) && isQuietSince(since))
      return answerText(before, connection)
    const answer: SlidingAnswer | Outage = await look(deps, request, { ...asked, connection }, since).catch(
      ifOutage,
    )
    if (answer instanceof Outage) {
      // Nothing can be looked up just now. Whoever waits goes on waiting, and keeps the token at the end.
      if (!waits || body.pos === undefined) throw answer
      if (deadlineMs <= clock.now() || gone.aborted) return unchanged(body.pos)
      await clock.sleep(Math.min(lookAgainMs, deadlineMs - clock.now()), gone).catch(() => undefined)
      continue
    }
    if (answer.empty && answer.connection === found) lastEmpty.set(found, answer)
    connection = answer.connection
    const remainingMs = deadlineMs - clock.now()
    const ended =
      !answer.empty || !waits || remainingMs <= 0 || gone.aborted
        ? true
        : await visit.wait({ position: answer.next.position, softChanges }, remainingMs, gone)
    if (waits) await request.stillAllowed()
    if (ended) return answerText(answer, await kept(deps, key, found, connection))
    since = answer.next
  }
}

function isSame(one: StreamToken, other: StreamToken): boolean {
  return one.position === other.position && one.soft === other.soft
}

/** Nothing to tell: the client asks again from where it is. */
function unchanged(pos: string): string {
  return JSON.stringify({ pos, lists: {}, rooms: {}, extensions: {} })
}

/** Stored already, unless the answer has told something. */
async function kept(
  { connections }: SlidingSyncDeps,
  key: ConnectionKey,
  found: Connection | undefined,
  connection: Connection,
): Promise<Connection> {
  return connection.number === 0 ? connections.store(key, found, connection) : connection
}

async function look(
  deps: SlidingSyncDeps,
  request: SlidingSyncRequest,
  asked: { wanted: Wanted; request: string; connection: Connection },
  since: StreamToken | undefined,
): Promise<SlidingAnswer> {
  const view: View = {
    caller: request.caller,
    filter: everything,
    since,
    fullState: false,
    useStateAfter: true,
    ...(await presentMoment(deps, request.caller.userId)),
  }
  return slidingAnswer(deps.sources, view, asked)
}

/** Where the client stands; refuses a token that is not one of this connection. */
async function comeBack(
  deps: SlidingSyncDeps,
  key: ConnectionKey,
  { body, gone }: SlidingSyncRequest,
): Promise<{ since?: StreamToken; connection?: Connection }> {
  if (body.pos === undefined) return {}
  const token = parseToken(body.pos)
  if (token?.connection === undefined) throw refuse('sync.position_unknown')
  const connection = await deps.connections.find(key, token.connection)
  if (!connection || !(await catchUp(deps, token.position, gone))) throw refuse('sync.position_unknown')
  return { since: { position: token.position, soft: token.soft }, connection }
}

/** By the extension's own token the device says that it has the messages up to there. */
async function acknowledge(
  deps: SlidingSyncDeps,
  { caller, gone }: SlidingSyncRequest,
  { toDevice }: Wanted,
): Promise<void> {
  if (toDevice?.since === undefined) return
  const upTo: Position | undefined = parseToken(toDevice.since)?.position
  if (upTo === undefined || !(await catchUp(deps, upTo, gone)))
    throw refuse('sync.sliding_invalid', 'extensions.to_device.since is not one that this server gives.')
  if (caller.deviceId !== undefined)
    await deps.sources.toDevice.acknowledge(caller.userId, caller.deviceId, upTo).catch(ifOutage)
}

/** What is asked for, without where the client stands. */
function fingerprint({ toDevice, subscriptions, ...wanted }: Wanted): string {
  const text = JSON.stringify([wanted, [...subscriptions], toDevice !== undefined])
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}
