import { glob } from 'node:fs/promises'
import { resolve } from 'node:path'
import { serviceDependencies } from '../../server/src/dependencies.ts'
import { type Import, readImports } from './imports.ts'
import { findWebViolations } from './web-boundaries.ts'

type Table = Readonly<Record<string, readonly string[]>>

/** Where a file of the project belongs. */
type Place =
  | { kind: 'service'; service: string; inside: string }
  | { kind: 'platform' | 'root' | 'elsewhere' }

/** Every import that breaks the rules of ARCHITECTURE.md, as lines to print. */
export function findViolations(table: Table, imports: readonly Import[]): string[] {
  const production = imports.filter(({ from }) => !isTesting(from))
  return [
    ...production.flatMap((entry) => {
      const complaint = judge(table, entry)
      return complaint === undefined ? [] : [`${entry.from}:${entry.line} imports ${entry.to}: ${complaint}`]
    }),
    ...findCycles(production).map((cycle) => `a cycle of imports: ${cycle.join(' -> ')}`),
    ...findCycles(
      Object.entries(table).flatMap(([from, known]) =>
        known.map((to) => ({ from, to, line: 0, typeOnly: true })),
      ),
    ).map((cycle) => `a cycle in server/src/dependencies.ts: ${cycle.join(' -> ')}`),
  ]
}

function judge(table: Table, { from, to, typeOnly }: Import): string | undefined {
  if (!/\.(ts|mjs|json)$/.test(to)) return 'write the file name with its ending'
  const source = placeOf(from)
  const target = placeOf(to)
  if (source.kind === 'elsewhere') return undefined
  if (to === 'server/package.json') return undefined
  if (target.kind === 'elsewhere') return 'code that is shipped knows nothing outside server/src'
  if (isTesting(to)) return 'only tests may use test fixtures'
  if (source.kind === 'platform' && target.kind !== 'platform') return 'the platform knows only itself'
  if (source.kind !== 'service') return undefined
  if (target.kind === 'root')
    return to === 'server/src/version.ts' ? undefined : 'services do not know the composition root'
  if (target.kind !== 'service' || target.service === source.service) return undefined
  if (!table[source.service]?.includes(target.service))
    return `server/src/dependencies.ts does not let ${source.service} know ${target.service}`
  if (target.inside !== 'api.ts') return `of another service only api.ts may be imported`
  return typeOnly ? undefined : 'of another service only types may be imported; app.ts passes the instance'
}

function placeOf(file: string): Place {
  const match = /^server\/src\/(?:(?<area>services|platform)\/)?(?<rest>.*)$/.exec(file)
  const { area, rest = '' } = match?.groups ?? {}
  if (!match) return { kind: 'elsewhere' }
  if (area === 'platform') return { kind: 'platform' }
  if (area === undefined) return { kind: 'root' }
  const [service = '', ...inside] = rest.split('/')
  return { kind: 'service', service, inside: inside.join('/') }
}

export function isTesting(file: string): boolean {
  return /\.test\.ts$|(^|\/)testing(\.ts$|\/)/.test(file)
}

/** One cycle through each group of files that import each other in a circle. Types count: they couple just as well. */
export function findCycles(imports: readonly Import[]): string[][] {
  const targets = Map.groupBy(imports, ({ from }) => from)
  const done = new Set<string>()
  const cycles: string[][] = []

  function visit(file: string, path: readonly string[]): void {
    const start = path.indexOf(file)
    if (start >= 0) {
      cycles.push([...path.slice(start), file])
      return
    }
    if (done.has(file)) return
    for (const { to } of targets.get(file) ?? []) visit(to, [...path, file])
    done.add(file)
  }

  for (const file of targets.keys()) visit(file, [])
  return cycles
}

const root = resolve(import.meta.dirname, '..', '..')

if (import.meta.main) {
  const violations = [
    ...findViolations(serviceDependencies, await importsIn(['server/**/*.ts', 'tools/**/*.ts'])),
    ...findWebViolations(await importsIn(['web/src/**/*.{ts,tsx}'])),
  ]
  for (const violation of violations) process.stdout.write(`${violation}\n`)
  process.exitCode = violations.length === 0 ? 0 : 1
}

async function importsIn(patterns: readonly string[]): Promise<Import[]> {
  const files: string[] = []
  for await (const file of glob(patterns, { cwd: root, exclude: isIgnored })) files.push(file)
  return readImports(root, files)
}

function isIgnored(name: string): boolean {
  return name.endsWith('node_modules')
}
