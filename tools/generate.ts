import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { createApp } from '../server/src/app.ts'
import { slices } from '../server/src/configuration.ts'
import { loadConfiguration } from '../server/src/platform/config/load.ts'
import { createLog } from '../server/src/platform/log.ts'
import { startEmbeddedPostgres } from '../server/src/platform/postgres/embedded.ts'
import { references } from './generate/references.ts'

/** `npm run generate` writes the documents that are derived from the code, whose routes a node of its own tells. */
const root = resolve(import.meta.dirname, '..')
const log = createLog('warn')
const folder = await mkdtemp(join(tmpdir(), 'dure-generate-'))
try {
  await using postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), log })
  const configuration = loadConfiguration(slices, { file: undefined, environment: {} })
  const app = await createApp({ configuration, databaseUrl: postgres.url, log })
  await app.close()
  for (const [name, text] of Object.entries(await references(app.routes))) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), text)
    process.stdout.write(`${name}\n`)
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}
