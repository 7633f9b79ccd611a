import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { SitesFile } from '../../platform/site/sites-file.ts'

/**
 * The generation of a deployment's data. It goes up by one each time that people let a last site write alone: whatever the other
 * sites still have on their disks is of an older epoch from then on.
 */
export type Epoch = {
  epoch: number
  /** The sites whose data belong to this epoch. Nobody else can begin the next one. */
  members: readonly string[]
  /** Unix milliseconds; undefined for the first epoch of all, which began with the deployment. */
  sinceMs: number | undefined
  /** Who said so. */
  by: string | undefined
}

/** The file is there and cannot be understood: nobody may guess what this site's data are. */
export class EpochUnreadableError extends Error {}

export function epochPath(siteState: string): string {
  return join(siteState, 'epoch.json')
}

/** Without a file it is the first epoch, to which all sites belong. Throws `EpochUnreadableError`. */
export async function readEpoch(siteState: string, { sites }: SitesFile): Promise<Epoch> {
  const path = epochPath(siteState)
  let source: string
  try {
    source = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new EpochUnreadableError(`${path} cannot be read: ${(error as Error).message}`)
    return { epoch: 1, members: sites.map(({ name }) => name), sinceMs: undefined, by: undefined }
  }
  const found = parseEpoch(source)
  if (!found) throw new EpochUnreadableError(`${path} does not hold an epoch`)
  return found
}

/** It is on the disk when this resolves; a crash leaves the old or the new one, never a half. */
export async function writeEpoch(siteState: string, epoch: Epoch): Promise<void> {
  await mkdir(siteState, { recursive: true, mode: 0o755 })
  await writeDurably(epochPath(siteState), `${JSON.stringify(epoch)}\n`)
}

export async function writeDurably(path: string, content: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}`
  const file = await open(temporary, 'wx', 0o644)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** What another site's gate or the file says; undefined when it is no epoch. */
export function parseEpoch(source: string): Epoch | undefined {
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { epoch, members, sinceMs, by } = value as Record<string, unknown>
  if (typeof epoch !== 'number' || !Number.isSafeInteger(epoch) || epoch < 1) return undefined
  if (!Array.isArray(members) || !members.every((name) => typeof name === 'string')) return undefined
  return {
    epoch,
    members,
    sinceMs: typeof sinceMs === 'number' ? sinceMs : undefined,
    by: typeof by === 'string' ? by : undefined,
  }
}
