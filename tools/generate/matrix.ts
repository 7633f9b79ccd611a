import type { DeclaredRoute } from '../../server/src/platform/http/declared-routes.ts'
import { endpoints, leftOut, servedBy } from '../../server/test/specification/endpoints.ts'

/** Every endpoint of the specification, and whether a node with these routes answers it. */
export function documentMatrix(origin: string, routes: readonly DeclaredRoute[]): string {
  const isServed = servedBy(routes)
  const rows = endpoints.map((endpoint) => {
    const { method, path, title, section, deprecated } = endpoint
    const why = leftOut(endpoint)
    const state = isServed(endpoint) ? 'served' : why === undefined ? 'not yet' : `no: ${why}`
    return `| ${method} | [\`${path}\`](${section}) | ${title}${deprecated ? ' (deprecated)' : ''} | ${state} |`
  })
  const served = endpoints.filter(isServed).length
  const never = endpoints.filter((endpoint) => !isServed(endpoint) && leftOut(endpoint) !== undefined).length
  return [
    '# The Matrix Client-Server API',
    '',
    `${origin} Every endpoint of the [specification](https://spec.matrix.org/v1.19/client-server-api/) v1.19, from its own OpenAPI`,
    'files (Copyright The Matrix.org Foundation C.I.C., Apache License 2.0). A test asks a running node for each of them: what is not',
    'served answers `M_UNRECOGNIZED`.',
    '',
    `Of ${endpoints.length} endpoints ${served} are served, ${never} are left out on purpose, ${endpoints.length - served - never} are still to come.`,
    '',
    '| method | path | what it does | state |',
    '|---|---|---|---|',
    ...rows,
    '',
    ...stateOfServers,
  ].join('\n')
}

/** Modules without endpoints, which no table of endpoints would show. */
const stateOfServers = [
  '## State that servers act upon',
  '',
  'These modules have no endpoints of clients. Their events are stored, authorised and served like any other state; what they ask of a server:',
  '',
  '| event | what the specification asks of a server | here |',
  '|---|---|---|',
  "| [`m.room.server_acl`](https://spec.matrix.org/v1.19/client-server-api/#server-access-control-lists-acls-for-rooms) | To refuse the [requests of denied servers](https://spec.matrix.org/v1.19/server-server-api/#server-access-control-lists-acls), at endpoints of federation alone. | There are no such endpoints, so nobody is there to be refused. An ACL says nothing about a server's own people, nor does this one apply it to them. |",
  '| [`m.policy.rule.user`, `.room`, `.server`](https://spec.matrix.org/v1.19/client-server-api/#moderation-policy-lists) | Nothing: "Servers have no additional requirements placed on them by this module". | Clients and bots (Mjolnir, Draupnir) read the lists and act by ignoring and banning, which is served. The server subscribes to none: its administrators lock and suspend. |',
  '| [`m.room.policy`](https://spec.matrix.org/v1.19/client-server-api/#policy-servers) | To ask the [policy server](https://spec.matrix.org/v1.19/server-server-api/#policy-servers) that the room names to sign each event, if that server has a joined user in the room. | Only this server has users here, and it is no policy server (`/.well-known/matrix/policy_server` answers 404): no room here uses one. |',
  '',
]
