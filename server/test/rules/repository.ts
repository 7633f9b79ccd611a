import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..', '..', '..')

/** The files of the project that git knows or would take, named from the project's folder. */
export function projectFiles(pattern: RegExp): string[] {
  const names = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  )
  return names.split('\n').filter((name) => pattern.test(name) && isThere(name))
}

export function readProjectFile(name: string): string {
  return readFileSync(join(root, name), 'utf8')
}

/** A file that was deleted and not yet committed is still listed. */
function isThere(name: string): boolean {
  try {
    readProjectFile(name)
    return true
  } catch {
    return false
  }
}
