import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Layout } from './layout.ts'
import type { RenderedSite } from './render.ts'
import { parseSecrets, printSecrets, type Secrets } from './secrets.ts'
import { fillTemplate } from './template.ts'

const secretsName = 'secrets.yaml'

/** The secrets beside an earlier rendering; undefined for a new deployment. */
export async function readSecrets(folder: string): Promise<Partial<Secrets> | undefined> {
  try {
    return parseSecrets(await readFile(join(folder, secretsName), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** The secrets are written first: files with passwords that nobody kept would be a deployment nobody can extend. */
export async function writeSecrets(folder: string, secrets: Secrets): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writePrivately(join(folder, secretsName), printSecrets(secrets), 0o600)
}

/** Writes `<folder>/<site>/<path>` for every file, and `<folder>/<site>/install`, which puts them in their places. */
export async function writeSite(
  folder: string,
  { site, files }: RenderedSite,
  layout: Layout,
): Promise<void> {
  for (const { path, content, mode } of files) {
    const target = join(folder, site, path)
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    await writePrivately(target, content, mode)
  }
  const install = fillTemplate('install', {
    site,
    etc: layout.etc,
    etcdUser: layout.users.etcd,
    postgresUser: layout.users.postgres,
    nodeUser: layout.users.node,
    etcdState: layout.etcdState,
    postgresState: layout.postgresState,
    siteState: layout.siteState,
    files: files.map(({ path, mode, owner }) => {
      const [user, group] = owner.split(':')
      return `put ${mode.toString(8).padStart(4, '0')} ${user} ${group} ${path}`
    }),
  })
  await writePrivately(join(folder, site, 'install'), install, 0o755)
}

/** Nobody else may read a password between the file's making and its mode. */
async function writePrivately(path: string, content: string, mode: number): Promise<void> {
  await writeFile(path, content, { mode: 0o600 })
  await chmod(path, mode)
}
