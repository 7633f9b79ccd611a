import type { Clock } from '../../../platform/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { refuse } from '../refusals.ts'
import { hashOf } from '../tokens.ts'
import { recordStage } from './interactive-auth.ts'
import { isStage, type Stage, type StageDeps, tryStage } from './interactive-stages.ts'

export type FallbackDeps = StageDeps & { db: Database; clock: Clock }
export type FallbackRequest = {
  stage: string
  sessionId: string
  /** The fields of the form; undefined while the person has not sent it. */
  answer: Record<string, string> | undefined
}
export type FallbackResult = { done: true } | { done: false; problem: string | undefined }

/**
 * Completes one stage of a session in a web page, for clients that do not know the stage. The operation itself is still
 * done by the client, which repeats its request with the session alone.
 * https://spec.matrix.org/v1.19/client-server-api/#fallback
 */
export async function tryFallback(
  deps: FallbackDeps,
  { stage, sessionId, answer }: FallbackRequest,
): Promise<FallbackResult> {
  const session = await findSession(deps, sessionId)
  const known = knownStage(stage)
  if (session.completed.includes(known)) return { done: true }
  if (!answer) return { done: false, problem: undefined }
  const result = await tryStage(deps, known, readAnswer(answer), session)
  if ('problem' in result) return { done: false, problem: result.problem.error }
  await recordStage(deps, session, known, result)
  return { done: true }
}

function knownStage(stage: string): Stage {
  // An address is confirmed by the page that the mail leads to.
  if (!isStage(stage) || stage === 'm.login.email.identity') throw refuse('identity.stage_unknown')
  return stage
}

async function findSession(deps: FallbackDeps, id: string) {
  const hash = hashOf(id)
  const [row] = await deps.db.rows<{ userId: string | null; completed: string[] }>(sql`
    select user_id as "userId", completed from identity.interactive_session
    where session_hash = ${hash} and expires_at_ms > ${deps.clock.now()}`)
  if (!row) throw refuse('identity.interactive_session_unknown')
  return { id, hash, userId: row.userId ?? undefined, completed: row.completed }
}

/** The fields of the page's form as a client would have put them into `auth`. */
function readAnswer({ user, password, token }: Record<string, string>): Record<string, unknown> {
  return {
    ...(user === undefined ? {} : { identifier: { type: 'm.id.user', user } }),
    password,
    token,
  }
}
