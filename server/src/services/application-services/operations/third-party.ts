import type { Clock } from '../../../platform/clock.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../platform/json.ts'
import type { Log } from '../../../platform/log.ts'
import type { Connections, Service } from '../connections/connections.ts'
import { refuse } from '../refusals.ts'

export type ThirdPartyDeps = { connections: Connections; clock: Clock; log: Log }

export type LookUp = {
  what: 'location' | 'user'
  /** Undefined: the other way round, by `alias` or `userid`. */
  protocol: string | undefined
  query: URLSearchParams
}

const timeoutMs = 10_000
const rememberedMs = 60_000
const resultsMax = 500

/** What networks there are behind the application services. https://spec.matrix.org/v1.19/client-server-api/#third-party-networks */
export function createThirdParty(deps: ThirdPartyDeps) {
  const { connections, clock } = deps
  const remembered = new Map<string, { untilMs: number; protocol: Promise<JsonObject | undefined> }>()

  /** Undefined when no service that speaks it answers. Asked at most once a minute. */
  function protocolOf(name: string): Promise<JsonObject | undefined> {
    const known = remembered.get(name)
    if (known && known.untilMs > clock.now()) return known.protocol
    const protocol = describe(deps, name)
    remembered.set(name, { untilMs: clock.now() + rememberedMs, protocol })
    return protocol
  }

  const names = () => [...new Set(connections.services.flatMap(({ protocols }) => protocols))]

  return {
    async protocols(): Promise<Record<string, JsonObject>> {
      const found = await Promise.all(
        names().map(async (name) => ({ name, protocol: await protocolOf(name) })),
      )
      return Object.fromEntries(found.flatMap(({ name, protocol }) => (protocol ? [[name, protocol]] : [])))
    },
    async protocol(name: string): Promise<JsonObject> {
      const protocol = names().includes(name) ? await protocolOf(name) : undefined
      if (!protocol) throw refuse('application-services.network_unknown')
      return protocol
    },
    lookUp: (request: LookUp) => lookUp(deps, request),
  }
}

/** Several services may speak one protocol: the first describes it, and all name their instances of it. */
async function describe(deps: ThirdPartyDeps, name: string): Promise<JsonObject | undefined> {
  const answers = await askAll(deps, speaking(deps, name), `/protocol/${encodeURIComponent(name)}`)
  const described = answers.flatMap(({ service, value }) => (isJsonObject(value) ? [{ service, value }] : []))
  const [first] = described
  if (!first) return undefined
  const instances = described.flatMap(({ service, value: { instances: own } }) =>
    (Array.isArray(own) ? own : []).filter(isJsonObject).map((instance) => ({
      ...instance,
      instance_id: instanceIdOf(service.id, String(instance['network_id'] ?? '')),
    })),
  )
  return { ...first.value, instances }
}

/** Names one network of one service among all; its public rooms are listed under it. */
export function instanceIdOf(serviceId: string, networkId: string): string {
  return `${serviceId}|${networkId}`
}

/** Throws `application-services.network_unknown` when nothing is found. */
async function lookUp(deps: ThirdPartyDeps, { what, protocol, query }: LookUp): Promise<JsonObject[]> {
  const services =
    protocol === undefined
      ? deps.connections.services.filter(({ protocols }) => protocols.length > 0)
      : speaking(deps, protocol)
  const place = protocol === undefined ? `/${what}` : `/${what}/${encodeURIComponent(protocol)}`
  const named = what === 'location' ? 'alias' : 'userid'
  const answers = await askAll(deps, services, `${place}?${query}`)
  const results = answers
    .flatMap(({ value }) => (Array.isArray(value) ? value : []))
    .filter(isJsonObject)
    .filter((result) => typeof result[named] === 'string' && typeof result['protocol'] === 'string')
  if (results.length === 0) throw refuse('application-services.network_unknown')
  return results.slice(0, resultsMax)
}

function speaking({ connections }: ThirdPartyDeps, protocol: string): Service[] {
  return connections.services.filter(({ protocols }) => protocols.includes(protocol))
}

/** A service that fails leaves the answers of the others. */
async function askAll(
  { connections, log }: ThirdPartyDeps,
  services: readonly Service[],
  path: string,
): Promise<{ service: Service; value: JsonValue }[]> {
  const answers = await Promise.all(
    services
      .filter(({ url }) => url !== undefined)
      .map(async (service) => {
        try {
          const { status, text } = await connections.call(service, {
            method: 'GET',
            path: `/thirdparty${path}`,
            legacyPath: `/_matrix/app/unstable/thirdparty${path}`,
            timeoutMs,
          })
          return status === 200 ? [{ service, value: JSON.parse(text) as JsonValue }] : []
        } catch (error) {
          log.warn({ err: error, service: service.id }, 'an application service did not answer a look-up')
          return []
        }
      }),
  )
  return answers.flat()
}
