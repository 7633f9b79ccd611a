import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { JsonValue } from '../../../platform/json.ts'
import type { Random } from '../../../platform/random.ts'
import { lenientCanonicalJsonWithout } from '../../../platform/signed-json/canonical-json.ts'
import type { Operation } from '../api.ts'
import type { IdentitySettings } from '../config.ts'
import { refuse } from '../refusals.ts'
import { hashOf } from '../tokens.ts'
import { type Stage, type StageDeps, tryStage } from './interactive-stages.ts'
import type { EmailPurpose } from './mail-texts.ts'

export type InteractiveAuthDeps = StageDeps & {
  db: Database
  clock: Clock
  random: Random
  settings: Pick<IdentitySettings, 'interactiveSessionLifetime'>
}

export type ProofRequest = {
  /** What a person can do to prove themself: one of these lists, each in its order. */
  flows: readonly (readonly Stage[])[]
  /** Whose operation it is, when an access token says so. */
  userId: string | undefined
  auth: unknown
  operation: Operation
  /** What a confirmed e-mail address must have been confirmed for, where a flow asks for one. */
  emailFor?: EmailPurpose
  /** The proof serves once, not for repetitions of the operation as well. */
  once?: boolean
}

export type Proof = { userId: string | undefined; sessionHash: Buffer }

export type InteractiveSession = {
  id: string
  hash: Buffer
  userId: string | undefined
  completed: readonly string[]
}

/**
 * Returns when `auth` completes one of the flows, else throws the 401 that says what is missing. Sessions live in the
 * database, so any node takes the next step; they are bound to one operation of one person and they expire.
 * https://spec.matrix.org/v1.19/client-server-api/#user-interactive-api-in-the-rest-api
 */
export async function requireProof(deps: InteractiveAuthDeps, request: ProofRequest): Promise<Proof> {
  if (request.auth === undefined || request.auth === null) {
    throw interactionRequired(request, await startSession(deps, request))
  }
  const auth = readAuth(request.auth)
  const session =
    auth.session === undefined
      ? await startSession(deps, request)
      : await resumeSession(deps, request, auth.session)
  if (auth.type === undefined || session.completed.includes(auth.type)) return finish(deps, request, session)

  const stage = nextStages(request, session).find((next) => next === auth.type)
  if (!stage) {
    throw interactionRequired(request, session, {
      errcode: 'M_FORBIDDEN',
      error: 'This stage is not the next one of any flow.',
    })
  }
  const result = await tryStage(deps, stage, auth, { ...session, emailFor: request.emailFor })
  if ('problem' in result) throw interactionRequired(request, session, result.problem)
  return finish(deps, request, await recordStage(deps, session, stage, result))
}

type Auth = { type?: string; session?: string; [key: string]: unknown }

function readAuth(auth: unknown): Auth {
  const isObject = typeof auth === 'object' && auth !== null && !Array.isArray(auth)
  const { type, session, ...rest } = isObject ? (auth as Record<string, unknown>) : { type: null }
  if (
    (type !== undefined && typeof type !== 'string') ||
    (session !== undefined && typeof session !== 'string')
  )
    throw refuse('identity.auth_invalid')
  return { ...rest, ...(type === undefined ? {} : { type }), ...(session === undefined ? {} : { session }) }
}

async function startSession(deps: InteractiveAuthDeps, request: ProofRequest): Promise<InteractiveSession> {
  const id = deps.random.text(24)
  const hash = hashOf(id)
  await deps.db.run(sql`
    insert into identity.interactive_session (session_hash, operation_mac, user_id, expires_at_ms)
    values (${hash}, ${macOf(request.operation, id)}, ${request.userId ?? null},
      ${deps.clock.now() + deps.settings.interactiveSessionLifetime})`)
  return { id, hash, userId: request.userId, completed: [] }
}

/** A session that is unknown, expired or meant for something else is answered with a new one. */
async function resumeSession(
  deps: InteractiveAuthDeps,
  request: ProofRequest,
  id: string,
): Promise<InteractiveSession> {
  const hash = hashOf(id)
  const [row] = await deps.db.rows<{ mac: Buffer; userId: string | null; completed: string[] }>(sql`
    select operation_mac as mac, user_id as "userId", completed from identity.interactive_session
    where session_hash = ${hash} and expires_at_ms > ${deps.clock.now()}`)
  const fits =
    row !== undefined &&
    timingSafeEqual(row.mac, macOf(request.operation, id)) &&
    (request.userId === undefined || request.userId === row.userId)
  if (fits) return { id, hash, userId: row.userId ?? undefined, completed: row.completed }
  throw interactionRequired(request, await startSession(deps, request), {
    errcode: 'M_UNKNOWN',
    error: row
      ? 'This session was begun for another operation.'
      : 'This session is not known, or has expired.',
  })
}

/** Notes that a session has completed a stage, and whom the stage has shown. */
export async function recordStage(
  deps: { db: Database },
  session: InteractiveSession,
  stage: Stage,
  { userId, email }: { userId: string | undefined; email?: string },
): Promise<InteractiveSession> {
  await deps.db.run(sql`
    update identity.interactive_session
    set completed = array_append(completed, ${stage}), user_id = coalesce(user_id, ${userId ?? null}),
      email = coalesce(email, ${email ?? null})
    where session_hash = ${session.hash} and not ${stage} = any(completed)`)
  return { ...session, userId: session.userId ?? userId, completed: [...session.completed, stage] }
}

async function finish(
  deps: InteractiveAuthDeps,
  request: ProofRequest,
  session: InteractiveSession,
): Promise<Proof> {
  const done = request.flows.some((flow) => flow.every((stage) => session.completed.includes(stage)))
  if (!done) throw interactionRequired(request, session)
  if (request.once) {
    const taken = await deps.db.run(
      sql`delete from identity.interactive_session where session_hash = ${session.hash}`,
    )
    if (taken === 0) throw interactionRequired(request, await startSession(deps, request))
  }
  return { userId: session.userId, sessionHash: session.hash }
}

function nextStages(request: ProofRequest, { completed }: InteractiveSession): Stage[] {
  return request.flows.flatMap((flow) => {
    const begun = completed.every((stage, index) => flow[index] === stage)
    const next = flow[completed.length]
    return begun && next ? [next] : []
  })
}

type Problem = { errcode: string; error: string }

function interactionRequired(request: ProofRequest, session: InteractiveSession, problem?: Problem) {
  return refuse('identity.interaction_required', {
    body: {
      ...problem,
      ...(session.completed.length > 0 || problem ? { completed: session.completed } : {}),
      flows: request.flows.map((stages) => ({ stages })),
      params: {},
      session: session.id,
    },
  })
}

/** Binds a session to what was asked for. Only the client knows the key, so a stolen table gives no password away. */
function macOf({ method, path, body }: Operation, sessionId: string): Buffer {
  // The body came as JSON; the round trip says so to the type checker too.
  const plain: JsonValue = JSON.parse(JSON.stringify(body ?? null))
  return createHmac('sha256', sessionId)
    .update(lenientCanonicalJsonWithout({ method, path, body: plain }, []))
    .digest()
}
