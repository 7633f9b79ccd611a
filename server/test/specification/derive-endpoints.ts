import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'

/**
 * `node server/test/specification/derive-endpoints.ts <checkout of matrix-org/matrix-spec> <version>` lists the endpoints
 * of the client-server API anew, from the specification's own OpenAPI files.
 */
const [checkout, version] = process.argv.slice(2)
if (checkout === undefined || version === undefined)
  throw new Error(
    'usage: derive-endpoints.ts <checkout of matrix-org/matrix-spec> <version, for example v1.19>',
  )

const folder = 'data/api/client-server'
const methods = ['get', 'put', 'post', 'delete', 'head', 'options', 'patch']
/** Described beside the client-server API, printed on the page of another one. */
const otherPages: Record<string, string> = {
  'appservice_ping.yaml': 'application-service-api',
  'appservice_room_directory.yaml': 'application-service-api',
}

type OpenApi = {
  servers?: { variables?: { basePath?: { default?: string } } }[]
  paths?: Record<string, Record<string, { summary?: string; deprecated?: boolean }>>
}

type Endpoint = { method: string; path: string; title: string; section: string; deprecated?: true }

/** By method and path: where the specification describes one twice, what is current stands for it. */
const endpoints = new Map<string, Endpoint>()
for (const file of (await readdir(join(checkout, folder))).filter((name) => name.endsWith('.yaml')).sort()) {
  const { servers, paths = {} }: OpenApi = parse(await readFile(join(checkout, folder, file), 'utf8'))
  const base = servers?.[0]?.variables?.basePath?.default ?? ''
  for (const [suffix, operations] of Object.entries(paths)) {
    const path = `${base}${suffix}`.trim()
    for (const [method, { summary = '', deprecated = false }] of Object.entries(operations)) {
      if (!methods.includes(method)) continue
      const page = otherPages[file] ?? 'client-server-api'
      const key = `${path} ${method}`
      if (endpoints.get(key)?.deprecated === undefined && endpoints.has(key)) continue
      endpoints.set(key, {
        method: method.toUpperCase(),
        path,
        title: summary.trim().replace(/\s+/g, ' ').replace(/\.$/, ''),
        section: `https://spec.matrix.org/${version}/${page}/#${anchor(method, path)}`,
        ...(deprecated && { deprecated }),
      })
    }
  }
}
const sorted = [...endpoints].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, endpoint]) => endpoint)

const source = {
  source: `Derived by derive-endpoints.ts from ${folder}/*.yaml of https://github.com/matrix-org/matrix-spec at ${version}.`,
  licence: 'Apache License 2.0, Copyright The Matrix.org Foundation C.I.C.',
}
const lines = sorted.map((endpoint) => `    ${JSON.stringify(endpoint)}`)
await writeFile(
  join(import.meta.dirname, 'client-server-endpoints.json'),
  `${JSON.stringify(source, null, 2).slice(0, -2)},\n  "endpoints": [\n${lines.join(',\n')}\n  ]\n}\n`,
)
process.stdout.write(`${endpoints.size} endpoints\n`)

/** As the specification's pages make the ids of their headings. */
function anchor(method: string, path: string): string {
  return `${method}${path}`.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '')
}
