import { callerOf } from '../../../platform/http/access.ts'
import type { App } from '../../../platform/http/http.ts'
import type { JsonObject } from '../../../platform/json.ts'
import { Outage } from '../../../platform/refusal.ts'
import type { Stream } from '../../../platform/stream/stream.ts'
import { parseToken } from '../../../platform/stream/token.ts'
import { refuse } from '../refusals.ts'
import type { KeysService } from '../service.ts'
import { ChangesQuery, ClaimBody, QueryBody, UploadBody } from '../wire.ts'

type Deps = { serverName: string; stream: Pick<Stream, 'position' | 'head' | 'reached'> }

const base = '/_matrix/client/v3/keys'
/** How long a node may need to catch up with a token that another node gave. */
const catchUpMs = 5000

/** https://spec.matrix.org/v1.19/client-server-api/#key-management-api */
export function deviceKeyRoutes(app: App, keys: KeysService, deps: Deps): void {
  app.post(
    `${base}/upload`,
    { config: { access: 'guest', limit: 'keys-write' }, schema: { body: UploadBody } },
    async (request) => {
      const { device_keys, one_time_keys = {}, fallback_keys = {} } = request.body
      const { userId, deviceId } = callerOf(request)
      const counts = await keys.upload({
        userId,
        deviceId,
        deviceKeys: device_keys,
        oneTimeKeys: one_time_keys,
        fallbackKeys: fallback_keys,
      })
      return { one_time_key_counts: counts }
    },
  )

  app.post(
    `${base}/query`,
    { config: { access: 'guest', limit: 'keys-read' }, schema: { body: QueryBody } },
    async (request) => {
      const { here, failures } = sortOut(request.body.device_keys, deps.serverName)
      return { ...(await keys.query(callerOf(request).userId, new Map(here))), failures }
    },
  )

  app.post(
    `${base}/claim`,
    { config: { access: 'guest', limit: 'keys-claim' }, schema: { body: ClaimBody } },
    async (request) => {
      const { here, failures } = sortOut(request.body.one_time_keys, deps.serverName)
      const wanted = here.flatMap(([userId, algorithms]) =>
        Object.entries(algorithms).map(([deviceId, algorithm]) => ({ userId, deviceId, algorithm })),
      )
      const claimed = await keys.claim(wanted.filter(isStorable))
      const byUser: Record<string, Record<string, JsonObject>> = {}
      for (const { userId, deviceId, name, key } of claimed) {
        byUser[userId] = { ...byUser[userId], [deviceId]: { [name]: key } }
      }
      return { one_time_keys: byUser, failures }
    },
  )

  app.get(
    `${base}/changes`,
    { config: { access: 'user', limit: 'keys-read' }, schema: { querystring: ChangesQuery } },
    async (request) => {
      const { from, to } = request.query
      const [after, upTo] = [positionOf(from), positionOf(to)]
      await catchUp(deps.stream, upTo)
      return keys.deviceListChanges(callerOf(request).userId, { after, upTo })
    },
  )
}

/** Those of this server, and the servers that we cannot ask because there is no federation. */
function sortOut<T>(byUser: Record<string, T>, serverName: string) {
  const here: [userId: string, value: T][] = []
  const failures: Record<string, JsonObject> = {}
  for (const [userId, value] of Object.entries(byUser)) {
    const server = /^@[^:\0]*:(?<server>[^\0]+)$/s.exec(userId)?.groups?.['server']
    if (server === serverName) here.push([userId, value])
    else if (server !== undefined)
      failures[server] = { errcode: 'M_UNKNOWN', error: 'This server does not federate.' }
  }
  return { here, failures }
}

/** PostgreSQL's text cannot hold U+0000, so nothing can have such a name. */
function isStorable({ deviceId, algorithm }: { deviceId: string; algorithm: string }): boolean {
  return !deviceId.includes('\0') && !algorithm.includes('\0')
}

function positionOf(text: string): number {
  const token = parseToken(text)
  if (!token) throw refuse('keys.token_invalid')
  return token.position
}

/** A token of another node may be ahead of this one; one that is ahead of the whole deployment is made up. */
async function catchUp(stream: Deps['stream'], upTo: number): Promise<void> {
  if (upTo <= stream.position()) return
  if (upTo > (await stream.head())) throw refuse('keys.token_invalid')
  await stream.reached(upTo, AbortSignal.timeout(catchUpMs)).catch((cause: unknown) => {
    throw new Outage('this node has not caught up yet', { cause })
  })
}
