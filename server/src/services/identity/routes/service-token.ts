import type { FastifyRequest } from 'fastify'
import { accessTokenOf } from '../../../platform/http/http.ts'
import { refuseHttp } from '../../../platform/http/refusals.ts'

/** How an application service registers and logs in. */
export const serviceLogin = 'm.login.application_service'

/** The token that the request came with. */
export function serviceTokenOf(request: Pick<FastifyRequest, 'headers' | 'query'>): string {
  const token = accessTokenOf(request)
  if (token === undefined) throw refuseHttp('http.token_missing')
  return token
}
