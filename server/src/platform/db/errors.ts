/**
 * What a failed statement means for its caller.
 *
 * - `conflict`: nothing happened; the same transaction may be run again at once.
 * - `outage`: the server went away, is no longer the primary, or cannot do its work just now.
 * - `defect`: anything else, to be thrown as it is.
 *
 * Codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export type Failure = 'conflict' | 'outage' | 'defect'

const conflicts = new Set(['40001', '40P01', '55P03'])
const outages = new Set([
  '25006', // read-only transaction: this host has become a standby
  '57P01', // admin shutdown
  '57P02', // crash shutdown
  '57P03', // cannot connect now
  '25P03', // idle in a transaction for too long: it was rolled back
  '53100', // the disk is full
  '53200', // out of memory
  '53300', // too many connections
  '58030', // the disk does not work
])
const socketCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
])

export function classifyFailure(error: unknown): Failure {
  if (!(error instanceof Error)) return 'defect'
  const code = codeOf(error)
  if (conflicts.has(code)) return 'conflict'
  if (outages.has(code) || code.startsWith('08') || socketCodes.has(code)) return 'outage'
  // `pg` gives these no code; the texts are its own (pg/lib/client.js, pg-pool/index.js).
  if (
    /^(Connection terminated|Query read timeout|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end)/.test(
      error.message,
    )
  )
    return 'outage'
  return 'defect'
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** True when `error` is PostgreSQL's unique violation of the constraint named. */
export function violates(error: unknown, constraint: string): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === '23505' &&
    'constraint' in error &&
    error.constraint === constraint
  )
}
