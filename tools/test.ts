import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { glob, readdir, rm, stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { createLog } from '../server/src/platform/log.ts'
import { startEmbeddedPostgres } from '../server/src/platform/postgres/embedded.ts'
import { folderOwner } from '../server/src/platform/postgres/folder-lock.ts'
import { testClustersFolder, unsafeTestSettings } from '../server/src/platform/testing/test-cluster.ts'

/**
 * `npm test` runs every test file, `npm test -- <path> ...` those of files and folders. One PostgreSQL serves them
 * all and goes away with them. Node's own summary comes last, and its exit code is the exit code.
 */
const root = resolve(import.meta.dirname, '..')
const log = createLog('warn')
/** A test that hangs must say so instead of hanging the run. */
const testTimeoutMs = 300_000

const { paths, options } = readArguments(process.argv.slice(2))
const files = await findTests(paths)
if (files.length === 0) {
  process.stderr.write(`no test file in ${paths.join(', ')}\n`)
  process.exit(1)
}
process.exitCode = await runTests(files, options)

function readArguments(words: readonly string[]): { paths: string[]; options: string[] } {
  const named = words.filter((word) => !word.startsWith('--'))
  return {
    paths: named.length > 0 ? named : ['server', 'web', 'tools'],
    options: words.filter((word) => word.startsWith('--')),
  }
}

async function findTests(paths: readonly string[]): Promise<string[]> {
  const found = new Set<string>()
  for (const path of paths) {
    // Named from where npm was called, else from the project.
    const from = process.env['INIT_CWD'] ?? root
    const full = (await isThere(resolve(from, path))) ? resolve(from, path) : resolve(root, path)
    if (!(await isThere(full))) throw new Error(`there is no ${path}`)
    if ((await stat(full)).isFile()) found.add(full)
    else
      for await (const file of glob('**/*.test.ts', {
        cwd: full,
        exclude: (name) => name === 'node_modules',
      }))
        found.add(join(full, file))
  }
  return [...found].map((file) => relative(root, file)).sort()
}

async function runTests(files: readonly string[], options: readonly string[]): Promise<number> {
  const folder = await testClustersFolder()
  await removeAbandoned(folder)
  const own = join(folder, `run-${process.pid}`)
  const server = await startEmbeddedPostgres({ folder: own, log, settings: unsafeTestSettings })
  const runner = spawn(
    process.execPath,
    [
      '--test',
      `--test-concurrency=${Math.max(2, availableParallelism())}`,
      `--test-timeout=${testTimeoutMs}`,
      `--import=${join(root, 'tools', 'test-deadline.ts')}`,
      ...reporters(),
      ...options,
      ...files,
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, DURE_TEST_DATABASE_URL: server.adminUrl } },
  )
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => runner.kill(signal))
  const [code] = await once(runner, 'exit')
  await server.close()
  await rm(own, { recursive: true, force: true })
  return typeof code === 'number' ? code : 1
}

/** Failures and skipped tests in full, passed ones by file, Node's summary last. */
function reporters(): string[] {
  return [`--test-reporter=${join(root, 'tools', 'test-reporter.ts')}`, '--test-reporter-destination=stdout']
}

/** What an earlier run that was killed left behind: its PostgreSQL is stopped and its folder goes. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const run = join(folder, name)
    if (!name.startsWith('run-') || folderOwner(run)) continue
    const server = await startEmbeddedPostgres({ folder: run, log, settings: unsafeTestSettings }).catch(
      () => undefined,
    )
    await server?.close()
    if (server) await rm(run, { recursive: true, force: true })
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
