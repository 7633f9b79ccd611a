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
  ].join('\n')
}
