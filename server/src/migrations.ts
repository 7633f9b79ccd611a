import { fileURLToPath } from 'node:url'
import { serviceDependencies } from './dependencies.ts'
import { type Migration, readMigrations } from './platform/db/migrations.ts'

/** The platform's migrations, then each service's in dependency order. */
export async function allMigrations(): Promise<Migration[]> {
  const here = fileURLToPath(new URL('.', import.meta.url))
  const services = await readMigrations(`${here}services`, Object.keys(serviceDependencies))
  return [...(await readMigrations(here, ['platform'])), ...services]
}
