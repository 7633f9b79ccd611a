/**
 * A refusal is an expected "no": part of the contract, never a defect. Throwing it rolls the transaction back;
 * callers that care match `error.code`. Each service keeps the closed list of its refusals in `refusals.ts`.
 */
export type RefusalEntry = {
  /** HTTP status. */
  status: number
  /** Default text for the person who reads it; callers may give a more specific one. */
  message: string
  /** Error code of the Matrix specification, when the refusal can reach a Matrix client. */
  errcode?: string
}

export type RefusalDetail = {
  message?: string
  /** Overrides the table's errcode where the specification wants another one for the same refusal. */
  errcode?: string
  /** Further members of the JSON answer, for example `retry_after_ms`. */
  extra?: Record<string, unknown>
  /** Seconds for the Retry-After header. */
  retryAfterSeconds?: number
  /** The whole JSON answer, where the specification gives a refusal a form of its own. */
  body?: Record<string, unknown>
}

export class Refusal extends Error {
  readonly code: string
  readonly status: number
  readonly errcode: string | undefined
  readonly extra: Record<string, unknown>
  readonly retryAfterSeconds: number | undefined
  readonly body: Record<string, unknown> | undefined

  constructor(code: string, entry: RefusalEntry, detail: RefusalDetail = {}) {
    super(detail.message ?? entry.message)
    this.name = 'Refusal'
    this.code = code
    this.status = entry.status
    this.errcode = detail.errcode ?? entry.errcode
    this.extra = detail.extra ?? {}
    this.retryAfterSeconds = detail.retryAfterSeconds
    this.body = detail.body
  }
}

/** Gives the refusal to throw: `throw refuse('rooms.forbidden')`. */
export type Refuse<Code extends string> = {
  (code: Code, detail?: RefusalDetail | string): Refusal
  /** The closed list itself, for the generated reference. */
  readonly table: Readonly<Record<Code, RefusalEntry>>
}

/** Makes a service's `refuse` function from its closed table. */
export function defineRefusals<Code extends string>(table: Record<Code, RefusalEntry>): Refuse<Code> {
  const refuse = (code: Code, detail?: RefusalDetail | string) =>
    new Refusal(code, table[code], typeof detail === 'string' ? { message: detail } : detail)
  return Object.assign(refuse, { table })
}

/**
 * The database or a peer cannot be reached just now. The caller may repeat the same request with the same id;
 * over HTTP this is 503 with Retry-After.
 */
export class Outage extends Error {
  readonly retryAfterSeconds: number

  constructor(message: string, options: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    super(message, { cause: options.cause })
    this.name = 'Outage'
    this.retryAfterSeconds = options.retryAfterSeconds ?? 1
  }
}
