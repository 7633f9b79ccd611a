import { environment } from '../config/environment.ts'
import { developerPostgres } from './developer-postgres.ts'

/**
 * URL of the PostgreSQL server that tests make their databases on: the one that `npm test` started and named, or,
 * for a test file run by itself, a developer PostgreSQL that stays for a while to serve the next run.
 */
export async function testServer(): Promise<string> {
  server ??= Promise.resolve(environment['DURE_TEST_DATABASE_URL'] ?? developerPostgres())
  return server
}

let server: Promise<string> | undefined
