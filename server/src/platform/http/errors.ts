import type { Random } from '../random.ts'
import { Outage, Refusal } from '../refusal.ts'
import { refuseHttp } from './refusals.ts'
import { JsonError } from './strict-json.ts'

export type ErrorAnswer = { status: number; headers: Record<string, string>; body: Record<string, unknown> }

/**
 * How much later than asked for clients are sent back, at random: those who were refused together do not return together.
 */
const retrySpreadSeconds = 3

/**
 * The answer for anything a handler threw. Every error body has the members of the Matrix standard error response
 * (`errcode`, `error`) and our own stable `code`; a defect is never described to the caller.
 * https://spec.matrix.org/v1.19/client-server-api/#standard-error-response
 */
export function presentError(thrown: unknown, random: Pick<Random, 'below'>): ErrorAnswer {
  if (thrown instanceof Outage) {
    return {
      status: 503,
      headers: { 'retry-after': String(thrown.retryAfterSeconds + random.below(retrySpreadSeconds)) },
      body: {
        errcode: 'M_UNKNOWN',
        error: 'The service is moving to another site. Please try again.',
        code: 'outage',
      },
    }
  }
  const refusal = thrown instanceof Refusal ? thrown : asRefusal(thrown)
  if (!refusal) {
    return {
      status: 500,
      headers: {},
      body: { errcode: 'M_UNKNOWN', error: 'Something went wrong on our side.', code: 'defect' },
    }
  }
  return {
    status: refusal.status,
    headers:
      refusal.retryAfterSeconds === undefined ? {} : { 'retry-after': String(refusal.retryAfterSeconds) },
    body: refusal.body ?? {
      errcode: refusal.errcode ?? 'M_UNKNOWN',
      error: refusal.message,
      code: refusal.code,
      ...refusal.extra,
    },
  }
}

type FastifyError = Error & {
  code?: string
  statusCode?: number
  validation?: { keyword?: string; instancePath?: string; message?: string }[]
  validationContext?: string
}

/** PostgreSQL's character_not_in_repertoire: no row can be named by such text, so whoever asks for it is mistaken. */
const zeroByteInText = '22021'

/** Errors of the framework, and one of the database, that are the caller's doing. */
export function asRefusal(thrown: unknown): Refusal | undefined {
  if (thrown instanceof JsonError)
    return refuseHttp(thrown.problem === 'not_json' ? 'http.not_json' : 'http.bad_json', thrown.message)
  if (!(thrown instanceof Error)) return undefined
  const error: FastifyError = thrown
  if (error.code === zeroByteInText)
    return refuseHttp('http.parameter_invalid', 'Text holds a zero byte, which nothing here is called.')
  if (error.validation) return validationRefusal(error)
  if (error.statusCode === 413) return refuseHttp('http.too_large')
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return refuseHttp('http.bad_json', { message: error.message })
  }
  return undefined
}

function validationRefusal(error: FastifyError): Refusal {
  const [problem] = error.validation ?? []
  const where = (problem?.instancePath ?? '').replace(/^\//, '').replaceAll('/', '.')
  const message = [where, problem?.message].filter(Boolean).join(': ')
  if (problem?.keyword === 'required') {
    return refuseHttp(error.validationContext === 'body' ? 'http.bad_json' : 'http.parameter_missing', {
      message,
      ...(error.validationContext === 'body' ? { errcode: 'M_MISSING_PARAM' } : {}),
    })
  }
  return refuseHttp(error.validationContext === 'body' ? 'http.bad_json' : 'http.parameter_invalid', message)
}
