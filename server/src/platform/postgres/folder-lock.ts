import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EmbeddedPostgresError } from './error.ts'
import { identifyProcess, isRunning, type ProcessIdentity } from './process-table.ts'

export type FolderLock = { release(): void }

const released = 'released'

/**
 * Makes this process the one owner of `folder`; throws with the owner's process id when another running process has
 * it. The lock of a process that died is taken over, by exactly one of several that try at once.
 *
 * Lock files are numbered and the highest number counts. A new owner has to create the next number, which the file
 * system grants to one process only; releasing leaves the file behind as a marker, so that a number is never won
 * twice by somebody who looked before and acts after.
 */
export function lockFolder(folder: string): FolderLock {
  const self = identifyProcess(process.pid)
  if (!self) throw new EmbeddedPostgresError('this process cannot find itself in the process table')
  for (;;) {
    const highest = lockNumbers(folder).at(-1) ?? 0
    const owner = highest === 0 ? undefined : readOwner(lockPath(folder, highest))
    if (owner && isRunning(owner)) {
      throw new EmbeddedPostgresError(
        `the data folder ${folder} is in use by process ${owner.pid}. ` +
          'Stop that process first, or give this one a folder of its own (DURE_DATA).',
      )
    }
    const mine = highest + 1
    if (!create(folder, mine, JSON.stringify(self))) continue
    const numbers = lockNumbers(folder)
    if (numbers.some((number) => number > mine)) {
      rmSync(lockPath(folder, mine), { force: true })
      continue
    }
    for (const number of numbers) if (number < mine) rmSync(lockPath(folder, number), { force: true })
    return { release: () => writeFileSync(lockPath(folder, mine), released) }
  }
}

/** The running process that owns `folder`, if any. */
export function folderOwner(folder: string): ProcessIdentity | undefined {
  const highest = lockNumbers(folder).at(-1)
  const owner = highest === undefined ? undefined : readOwner(lockPath(folder, highest))
  return owner && isRunning(owner) ? owner : undefined
}

/** The content is complete before the name exists, and the name can be created once. */
function create(folder: string, number: number, content: string): boolean {
  const draft = join(folder, `.lock-draft-${process.pid}`)
  writeFileSync(draft, content)
  try {
    linkSync(draft, lockPath(folder, number))
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function lockPath(folder: string, number: number): string {
  return join(folder, `lock.${number}`)
}

function lockNumbers(folder: string): number[] {
  return readdirSync(folder)
    .map((name) => Number(/^lock\.(\d+)$/.exec(name)?.[1]))
    .filter(Number.isSafeInteger)
    .sort((a, b) => a - b)
}

function readOwner(path: string): ProcessIdentity | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
  if (text === released || text === '') return undefined
  const { pid, startedAt }: Partial<ProcessIdentity> = JSON.parse(text)
  return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : undefined
}
