import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { glob, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'

const root = resolve(import.meta.dirname, '..')
const web = join(root, 'web')
const built = join(web, 'dist')
const stampName = '.built-from'
const compressed = /\.(js|css|html|svg|wasm|json|webmanifest)$/

/**
 * Builds the web client into web/dist unless what stands there was built from the same sources. The new folder takes
 * the old one's place in one step: whoever is killed here leaves the old client or the new one, never half of one.
 */
export async function buildWebClient(): Promise<void> {
  const wanted = await fingerprint()
  if ((await readIfThere(join(built, stampName))) === wanted) return
  process.stderr.write('dure: building the web client ...\n')
  const fresh = `${built}.${process.pid}`
  try {
    await runVite(fresh)
    await compressAll(fresh)
    await writeFile(join(fresh, stampName), wanted)
    await rm(built, { recursive: true, force: true })
    await rename(fresh, built)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

async function runVite(folder: string): Promise<void> {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const child = spawn(process.execPath, [vite, 'build', '--outDir', folder, '--logLevel', 'warn'], {
    cwd: web,
    stdio: ['ignore', 2, 2],
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error('the web client could not be built: see above')
}

/** Compressed once here instead of for everybody who asks. */
async function compressAll(folder: string): Promise<void> {
  for await (const file of glob('**/*', { cwd: folder })) {
    if (!compressed.test(file)) continue
    const content = await readFile(join(folder, file))
    // The highest quality takes half a minute for the crypto, and saves four in a hundred.
    const quality = content.length > 1_000_000 ? 8 : 11
    const small = await promisify(brotliCompress)(content, {
      params: { [constants.BROTLI_PARAM_QUALITY]: quality },
    })
    if (small.length < content.length * 0.9) await writeFile(join(folder, `${file}.br`), small)
  }
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(join(root, 'package-lock.json')))
  const files: string[] = []
  const patterns = ['src/**/*', 'public/**/*', 'service-worker/**/*', '*.{html,json,ts}']
  for await (const entry of glob(patterns, { cwd: web, withFileTypes: true }))
    if (entry.isFile() && !entry.name.endsWith('.test.ts')) files.push(join(entry.parentPath, entry.name))
  for (const file of files.sort()) hash.update(`${file.slice(web.length)}\0`).update(await readFile(file))
  return `${hash.digest('hex')}\n`
}

async function readIfThere(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined)
}

if (import.meta.main) await buildWebClient()
