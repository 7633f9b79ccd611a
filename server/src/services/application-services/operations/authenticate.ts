import type { Authenticate } from '../../../platform/http/access.ts'
import type { Identity } from '../../identity/api.ts'
import type { Connections } from '../connections/connections.ts'
import { refuse } from '../refusals.ts'

/**
 * Recognises application services by their tokens, and gives the person whom they say they act as; everybody else identity
 * recognises. https://spec.matrix.org/v1.19/application-service-api/#identity-assertion
 */
export function createAuthenticate(deps: {
  connections: Pick<Connections, 'holderOf'>
  identity: Pick<Identity, 'authenticate' | 'actAs'>
}): Authenticate {
  const { connections, identity } = deps
  return async (token, address, options) => {
    const service = connections.holderOf(token)
    if (!service) return identity.authenticate(token, address, options)
    const { userId = service.senderId, deviceId } = options.actAs
    if (!service.mayBe(userId)) throw refuse('application-services.user_outside')
    const actor = { userId, deviceId, sessionId: `${service.id} ${userId}` }
    const caller = await identity.actAs(actor, address, options)
    const unlimited = !service.rateLimited || userId === service.senderId
    return { ...caller, applicationService: service.id, unlimited }
  }
}
