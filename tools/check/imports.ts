import { readFile } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'

export type Import = {
  /** Path of the importing file and of what it imports, from the project's folder, with `/`. */
  from: string
  to: string
  line: number
  /** Erased before the program runs. */
  typeOnly: boolean
}

/** The relative imports of TypeScript files, which Biome has formatted, so that an import begins its line. */
export async function readImports(root: string, files: readonly string[]): Promise<Import[]> {
  const perFile = files.map(async (file) => importsOf(file, await readFile(join(root, file), 'utf8')))
  return (await Promise.all(perFile)).flat()
}

const statement = /^(?:import|export)\s+(?:(?<clause>[\w\s{},*$]*?)\s+from\s+)?'(?<target>\.\.?\/[^']*)'/gm
const expression = /\bimport\(\s*'(?<target>\.\.?\/[^']*)'/g

export function importsOf(file: string, source: string): Import[] {
  const found: Import[] = []
  for (const pattern of [statement, expression]) {
    for (const match of source.matchAll(pattern)) {
      const { clause = '', target = '' } = match.groups ?? {}
      found.push({
        from: file,
        to: posix.join(dirname(file), target),
        line: source.slice(0, match.index).split('\n').length,
        typeOnly: pattern === statement && isTypeOnly(clause),
      })
    }
  }
  return found
}

/** `type { A }`, `type A`, or braces in which every name is marked as a type. */
function isTypeOnly(clause: string): boolean {
  if (/^type\s+[{*A-Za-z_]/.test(clause)) return true
  const names = /^\{(?<names>[^}]*)\}$/.exec(clause)?.groups?.['names']
  const list = names?.split(',').map((name) => name.trim()) ?? []
  return list.some(Boolean) && list.every((name) => name === '' || name.startsWith('type '))
}
