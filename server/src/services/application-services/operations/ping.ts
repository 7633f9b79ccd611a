import type { Clock } from '../../../platform/clock.ts'
import { ServiceSilent } from '../connections/call-service.ts'
import type { Connections } from '../connections/connections.ts'
import { refuse } from '../refusals.ts'

const timeoutMs = 30_000
/** Of the service's answer, shown to whoever looks for the fault. */
const bodyShownMax = 4_000

/**
 * Calls the service back and gives how long it took, in milliseconds.
 * https://spec.matrix.org/v1.19/application-service-api/#pinging
 */
export async function ping(
  { connections, clock }: { connections: Connections; clock: Clock },
  request: { serviceId: string; callerId: string; transactionId: string | undefined },
): Promise<number> {
  const service = connections.services.find(({ id }) => id === request.callerId)
  if (!service || request.serviceId !== service.id) throw refuse('application-services.other_service')
  if (service.url === undefined) throw refuse('application-services.url_not_set')
  const body = JSON.stringify(
    request.transactionId === undefined ? {} : { transaction_id: request.transactionId },
  )
  const begunMs = clock.now()
  const answer = await connections
    .call(service, { method: 'POST', path: '/ping', body, timeoutMs })
    .catch((error: unknown) => {
      if (!(error instanceof ServiceSilent)) throw error
      throw refuse(
        error.timedOut
          ? 'application-services.ping_timed_out'
          : 'application-services.ping_connection_failed',
      )
    })
  if (answer.status !== 200)
    throw refuse('application-services.ping_bad_status', {
      extra: { status: answer.status, body: answer.text.slice(0, bodyShownMax) },
    })
  return clock.now() - begunMs
}
