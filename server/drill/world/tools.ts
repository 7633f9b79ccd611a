import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import { promisify } from 'node:util'

/** The programs of a site, as Debian's packages install them. */
export type Tools = {
  /** Folder of PostgreSQL's programs. */
  postgresBin: string
  etcd: string
  /** Patroni 4: the words that start it and the environment that these need. */
  patroni: { command: string[]; environment: Record<string, string> }
  /** Preloaded to give a process another clock; undefined where faketime is not installed. */
  libfaketime: string | undefined
  nft: string | undefined
  versions: { postgresql: string; etcd: string; patroni: string }
}

/** What the drill needs cannot be found; the message says what to install. */
export class ToolsMissingError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ToolsMissingError'
  }
}

const run = promisify(execFile)
const python = '/usr/bin/python3'
const cacheFolder = resolve(import.meta.dirname, '../../../.cache/patroni')
const oldestPatroni = 4

/** Programs, and the Debian package of each. */
const programs = {
  etcd: 'etcd-server',
  ip: 'iproute2',
  nsenter: 'util-linux',
  'mkfs.ext4': 'e2fsprogs',
}

/** Python modules that Patroni imports, and the Debian package of each. */
const pythonModules = {
  etcd: 'python3-etcd',
  psycopg2: 'python3-psycopg2',
  yaml: 'python3-yaml',
  click: 'python3-click',
  dateutil: 'python3-dateutil',
  prettytable: 'python3-prettytable',
  psutil: 'python3-psutil',
  urllib3: 'python3-urllib3',
}

/**
 * Finds everything, and on Debian 12, whose Patroni is too old, brings Patroni 4 from Debian 13 into a folder of this
 * project. Throws `ToolsMissingError` with the one line that installs what is missing.
 */
export async function findTools(say: (line: string) => void): Promise<Tools> {
  const missing = new Set<string>()
  for (const [program, debianPackage] of Object.entries(programs))
    if (!find(program)) missing.add(debianPackage)
  const postgresBin = newestPostgres()
  if (!postgresBin) missing.add('postgresql')
  const systemPatroni = await patroniOf({ command: ['patroni'], environment: {} })
  if (!systemPatroni) {
    if (await hasPatroni4()) missing.add('patroni')
    else for (const name of await missingModules()) missing.add(name)
  }
  const etcd = find('etcd')
  if (missing.size > 0 || !postgresBin || !etcd) {
    const packages = [...missing].sort().join(' ')
    throw new ToolsMissingError(
      `The drill needs programs that this machine lacks. On Debian 12 and 13:\n\n` +
        `  apt-get install --no-install-recommends ${packages}\n`,
    )
  }
  const patroni = systemPatroni ?? (await broughtPatroni(say))
  return {
    postgresBin,
    etcd,
    patroni,
    libfaketime: libfaketime(),
    nft: find('nft'),
    versions: {
      postgresql: await versionIn(join(postgresBin, 'postgres'), '--version'),
      etcd: await versionIn(etcd, '--version'),
      patroni: patroni.version,
    },
  }
}

/** Root's programs are not always in PATH. */
function find(program: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.map((folder) => join(folder, program)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function newestPostgres(): string | undefined {
  const all = '/usr/lib/postgresql'
  if (!existsSync(all)) return undefined
  const [newest] = readdirSync(all)
    .filter((version) => isExecutable(join(all, version, 'bin', 'postgres')))
    .sort((a, b) => Number(b) - Number(a))
  return newest && join(all, newest, 'bin')
}

function libfaketime(): string | undefined {
  const folder = '/usr/lib'
  return readdirSync(folder)
    .map((name) => join(folder, name, 'faketime', 'libfaketime.so.1'))
    .find((path) => existsSync(path))
}

async function versionIn(program: string, ...words: string[]): Promise<string> {
  const { stdout } = await run(program, words)
  return /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? stdout.trim()
}

type Patroni = Tools['patroni'] & { version: string }

/** That Patroni with its version, or undefined when it does not run or is too old to be trusted with etcd's v3 API. */
async function patroniOf({ command, environment }: Tools['patroni']): Promise<Patroni | undefined> {
  const [program = '', ...words] = command
  try {
    const { stdout } = await run(program, [...words, '--version'], {
      env: { ...process.env, ...environment },
    })
    const version = /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? ''
    return Number.parseInt(version, 10) >= oldestPatroni ? { command, environment, version } : undefined
  } catch {
    return undefined
  }
}

/** Whether the package that this system would install is new enough. */
async function hasPatroni4(): Promise<boolean> {
  const { stdout } = await run('apt-cache', ['policy', 'patroni']).catch(() => ({ stdout: '' }))
  return Number.parseInt(/Candidate: (?:\d+:)?(\d+)/.exec(stdout)?.[1] ?? '0', 10) >= oldestPatroni
}

async function missingModules(): Promise<string[]> {
  if (!isExecutable(python)) return ['python3', ...Object.values(pythonModules)]
  const found = await Promise.all(
    Object.entries(pythonModules).map(async ([module, debianPackage]) =>
      run(python, ['-c', `import ${module}`]).then(
        () => undefined,
        () => debianPackage,
      ),
    ),
  )
  return found.filter((name) => name !== undefined)
}

/** Patroni 4 from this project's cache, where it is put first when it is not there. */
async function broughtPatroni(say: (line: string) => void): Promise<Patroni> {
  const brought = async () =>
    patroniOf({
      command: [python, join(cacheFolder, 'usr/bin/patroni')],
      environment: { PYTHONPATH: join(cacheFolder, 'usr/lib/python3/dist-packages') },
    })
  const there = await brought()
  if (there) return there
  say('fetching Patroni 4 from Debian 13 into .cache ...')
  await fetchPatroni()
  const fetched = await brought()
  if (!fetched) throw new ToolsMissingError(`${cacheFolder} holds no Patroni ${oldestPatroni} that runs`)
  return fetched
}

/**
 * Downloads Debian 13's package with lists, cache and sources of its own, so that apt's state on this machine stays as
 * it is. apt checks the packages against Debian's archive keys as usual. The package is pure Python: Debian 12's runs it.
 */
async function fetchPatroni(): Promise<void> {
  const work = `${cacheFolder}.${process.pid}`
  try {
    for (const folder of ['lists/partial', 'cache/archives/partial', 'root'])
      await mkdir(join(work, folder), { recursive: true })
    const sources = join(work, 'debian-13.list')
    const keys = '/usr/share/keyrings/debian-archive-keyring.gpg'
    await writeFile(sources, `deb [signed-by=${keys}] ${await debianMirror()} trixie main\n`)
    const own = [
      `Dir::Etc::SourceList=${sources}`,
      'Dir::Etc::SourceParts=/dev/null',
      `Dir::State::Lists=${work}/lists`,
      `Dir::Cache=${work}/cache`,
      'APT::Sandbox::User=root',
      'Acquire::Languages=none',
      'Acquire::Retries=3',
    ].flatMap((option) => ['-o', option])
    await run('apt-get', [...own, 'update'])
    await run('apt-get', [...own, 'download', 'patroni', 'python3-ydiff'], { cwd: work })
    for (const name of readdirSync(work).filter((file) => file.endsWith('.deb')))
      await run('dpkg', ['-x', join(work, name), join(work, 'root')])
    await rm(cacheFolder, { recursive: true, force: true })
    await rename(join(work, 'root'), cacheFolder)
  } catch (error) {
    throw new ToolsMissingError(
      `Patroni 4 could not be fetched from Debian 13: ${error instanceof Error ? error.message : error}`,
    )
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Where this machine gets Debian from. */
async function debianMirror(): Promise<string> {
  const release = /VERSION_CODENAME=(\w+)/.exec(await readFile('/etc/os-release', 'utf8'))?.[1] ?? ''
  const { stdout } = await run('apt-get', ['indextargets', '--format', '$(RELEASE) $(REPO_URI)'])
  const line = stdout.split('\n').find((target) => target.startsWith(`${release} `))
  if (!line) throw new Error(`apt knows no source of ${release || 'this system'}`)
  return line.slice(release.length + 1).trim()
}
