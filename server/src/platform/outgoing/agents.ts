import { type ClientRequestArgs, Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'

/** Keep connections, and use one again only for a request that may go to the same addresses. */
export type Agents = { http: HttpAgent; https: HttpsAgent }

const options = {
  keepAlive: true,
  keepAliveMsecs: 15_000,
  maxFreeSockets: 16,
  maxSockets: 64,
  timeout: 60_000,
}

export function createAgents(): Agents {
  return { http: new PinnedHttp(options), https: new PinnedHttps(options) }
}

class PinnedHttp extends HttpAgent {
  override getName(request?: ClientRequestArgs): string {
    return `${super.getName(request)} ${pinOf(request)}`
  }
}

class PinnedHttps extends HttpsAgent {
  override getName(request?: ClientRequestArgs): string {
    return `${super.getName(request)} ${pinOf(request)}`
  }
}

/** Of what `sendOnce` asks for, in any order, because name servers turn their answers round. */
function pinOf(request: ClientRequestArgs | undefined): string {
  const pinned = request && 'pinned' in request ? request.pinned : undefined
  return Array.isArray(pinned) ? pinned.toSorted().join(' ') : ''
}
