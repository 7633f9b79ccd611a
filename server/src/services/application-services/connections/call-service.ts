import type { Clock } from '../../../platform/clock.ts'
import type { Registration } from '../registrations/registration.ts'

export type ServiceRequest = {
  method: 'GET' | 'PUT' | 'POST'
  /** Below /_matrix/app/v1. */
  path: string
  /** Where older services expect the same request. */
  legacyPath?: string
  /** JSON text. */
  body?: string
  timeoutMs: number
  signal?: AbortSignal
}

export type ServiceAnswer = { status: number; text: string }

/** The service could not be reached, or did not answer in time. */
export class ServiceSilent extends Error {
  readonly timedOut: boolean
  constructor(message: string, options: { timedOut: boolean; cause: unknown }) {
    super(message, { cause: options.cause })
    this.name = 'ServiceSilent'
    this.timedOut = options.timedOut
  }
}

export type CallService = (service: Registration, request: ServiceRequest) => Promise<ServiceAnswer>

const answerBytesMax = 1024 * 1024
/** How long a service that knows the older paths alone is called there first. */
const legacyForMs = 3_600_000

/**
 * Calls application services. Their addresses come from the operator's files, so they may be private ones; redirects are
 * not followed, and answers are bounded in time and size.
 *
 * NOTSPEC: the older paths are tried after 404 and 405 alone, not after any error: a service that failed over a transaction
 * at the newer path would else be given it twice. https://spec.matrix.org/v1.19/application-service-api/#legacy-routes
 */
export function createCallService({ clock }: { clock: Clock }): CallService {
  const legacyUntilMs = new Map<string, number>()

  return async (service, request) => {
    const kind = `${service.id} ${request.legacyPath?.split('/')[1]}`
    const { legacyPath } = request
    if (legacyPath !== undefined && (legacyUntilMs.get(kind) ?? 0) > clock.now()) {
      const answer = await send(clock, service, { ...request, path: legacyPath })
      if (!isMissing(answer)) return answer
      legacyUntilMs.delete(kind)
    }
    const answer = await send(clock, service, { ...request, path: `/_matrix/app/v1${request.path}` })
    if (legacyPath === undefined || !isMissing(answer)) return answer
    const older = await send(clock, service, { ...request, path: legacyPath })
    if (isMissing(older)) return answer
    legacyUntilMs.set(kind, clock.now() + legacyForMs)
    return older
  }
}

function isMissing({ status }: ServiceAnswer): boolean {
  return status === 404 || status === 405
}

async function send(
  clock: Clock,
  { url, hsToken, id }: Registration,
  { method, path, body, timeoutMs, signal }: ServiceRequest,
): Promise<ServiceAnswer> {
  const limit = new AbortController()
  const cancel = clock.after(timeoutMs, () => limit.abort(new Error('no answer in time')))
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, limit.signal]) : limit.signal,
      headers: { authorization: `Bearer ${hsToken}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body }),
    })
    return { status: response.status, text: await readBounded(response) }
  } catch (error) {
    const timedOut = limit.signal.aborted
    throw new ServiceSilent(`${id} ${timedOut ? 'did not answer in time' : 'could not be reached'}`, {
      timedOut,
      cause: error,
    })
  } finally {
    cancel()
  }
}

async function readBounded(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let sizeBytes = 0
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.byteLength
    if (sizeBytes > answerBytesMax) throw new Error('the answer is too large')
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
