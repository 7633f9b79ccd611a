import type { Clock } from '../../../platform/clock.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { RateLimits } from '../../../platform/http/rate-limits.ts'
import type { Jobs } from '../../../platform/jobs.ts'
import type { Mailer } from '../../../platform/mail/mailer.ts'
import type { Random } from '../../../platform/random.ts'
import { emailAddress } from '../names.ts'
import { refuse } from '../refusals.ts'
import { hashOf } from '../tokens.ts'
import { emailOwner } from './email-owner.ts'
import { type EmailPurpose, inUseMail, type MailText, noAccountMail, validationMail } from './mail-texts.ts'

export type EmailDeps = {
  db: Database
  clock: Clock
  random: Random
  jobs: Pick<Jobs, 'enqueue' | 'wake'>
  limits: RateLimits
  mailer: Mailer
  serverName: string
  publicUrl: string
}

export type ValidationRequest = {
  purpose: EmailPurpose
  clientSecret: string
  email: string
  sendAttempt: number
  nextLink: string | undefined
}

const lifetimeMs = 24 * 3_600_000

/**
 * Asks the owner of an address, by mail, to show that it is theirs. Whether somebody here has the address is told to its
 * owner only: the mail says so instead. Repeated with the same attempt it sends nothing and gives the same session.
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3registeremailrequesttoken
 */
export async function requestEmailValidation(deps: EmailDeps, request: ValidationRequest): Promise<string> {
  if (!deps.mailer.available) throw refuse('identity.mail_unavailable')
  const address = emailAddress(request.email)
  if (!/^[0-9a-zA-Z.=_-]{1,255}$/.test(request.clientSecret)) throw refuse('identity.client_secret_invalid')
  const nextLink = readNextLink(request.nextLink)
  const owner = await emailOwner(deps.db, address)
  const token = deps.random.text(32)
  const isUsable = (request.purpose === 'password') === (owner !== undefined)
  const sessionId = await deps.db.transaction(async (tx) => {
    const session = await noteAttempt(deps, tx, {
      ...request,
      address,
      nextLink,
      tokenHash: isUsable ? hashOf(token) : null,
    })
    if (!session.isNews) return session.id
    deps.limits.draw('mails-recipient', address)
    const link = `${deps.publicUrl}/api/identity/v1/email/validate?sid=${session.id}&token=${token}`
    const text = mailFor(deps, request.purpose, isUsable ? link : undefined)
    const id = `${session.id}.${request.sendAttempt}`
    await deps.jobs.enqueue(tx, 'identity.mail', { id, payload: { to: address, id, ...text } })
    return session.id
  })
  deps.jobs.wake()
  return sessionId
}

function mailFor({ serverName }: EmailDeps, purpose: EmailPurpose, link: string | undefined): MailText {
  if (link !== undefined) return validationMail(serverName, purpose, link)
  return purpose === 'password' ? noAccountMail(serverName) : inUseMail(serverName)
}

type Attempt = {
  address: string
  purpose: EmailPurpose
  clientSecret: string
  sendAttempt: number
  nextLink: string | null
  tokenHash: Buffer | null
}

/** The session of this address and secret; news when the attempt is higher than any before. */
async function noteAttempt(
  deps: EmailDeps,
  tx: Tx,
  { address, purpose, clientSecret, sendAttempt, nextLink, tokenHash }: Attempt,
): Promise<{ id: string; isNews: boolean }> {
  const secretHash = hashOf(clientSecret)
  const [fresh] = await tx.rows<{ id: string }>(sql`
    insert into identity.email_validation as known
      (address, client_secret_hash, purpose, session_id, token_hash, send_attempt, next_link, expires_at_ms)
    values (${address}, ${secretHash}, ${purpose}, ${deps.random.text(24)}, ${tokenHash}, ${sendAttempt}, ${nextLink},
      ${deps.clock.now() + lifetimeMs})
    on conflict (address, client_secret_hash, purpose) do update set token_hash = excluded.token_hash,
      send_attempt = excluded.send_attempt, next_link = excluded.next_link, expires_at_ms = excluded.expires_at_ms
    where known.send_attempt < excluded.send_attempt
    returning session_id as id`)
  if (fresh) return { id: fresh.id, isNews: true }
  const [known] = await tx.rows<{ id: string }>(sql`
    select session_id as id from identity.email_validation
    where address = ${address} and client_secret_hash = ${secretHash} and purpose = ${purpose}`)
  return { id: known?.id ?? '', isNews: false }
}

function readNextLink(link: string | undefined): string | null {
  if (link === undefined || link === '') return null
  const url = URL.parse(link)
  if (!url || !['http:', 'https:'].includes(url.protocol) || link.length > 2000)
    throw refuse('identity.next_link_invalid')
  return url.href
}

/** What the link in a mail does. Gives where to lead the person then; may be done again. Throws `identity.validation_unknown`. */
export async function validateEmail(
  deps: Pick<EmailDeps, 'db' | 'clock'>,
  { sessionId, token }: { sessionId: string; token: string },
): Promise<{ nextLink: string | undefined }> {
  const now = deps.clock.now()
  const [validated] = await deps.db.rows<{ nextLink: string | null }>(sql`
    update identity.email_validation set validated_at_ms = coalesce(validated_at_ms, ${now}::bigint)
    where session_id = ${sessionId} and token_hash = ${hashOf(token)} and expires_at_ms > ${now}
    returning next_link as "nextLink"`)
  if (!validated) throw refuse('identity.validation_unknown')
  return { nextLink: validated.nextLink ?? undefined }
}

export type EmailCredentials = { sid: string; clientSecret: string }

/** The address that a client's session has validated for this purpose; undefined when it has not. */
export async function validatedEmail(
  deps: Pick<EmailDeps, 'db' | 'clock'>,
  { sid, clientSecret }: EmailCredentials,
  purpose: EmailPurpose,
): Promise<{ address: string; validatedAtMs: number } | undefined> {
  const [found] = await deps.db.rows<{ address: string; validatedAtMs: number }>(sql`
    select address, validated_at_ms as "validatedAtMs" from identity.email_validation
    where session_id = ${sid} and client_secret_hash = ${hashOf(clientSecret)} and purpose = ${purpose}
      and validated_at_ms is not null and expires_at_ms > ${deps.clock.now()}`)
  return found
}
