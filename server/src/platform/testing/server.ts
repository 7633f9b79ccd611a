import { environment } from '../config/environment.ts'

/** URL of the PostgreSQL server that tests make their databases on. `npm test` starts one and names it. */
export async function testServer(): Promise<string> {
  const url = environment['DURE_TEST_DATABASE_URL']
  if (url === undefined)
    throw new Error('DURE_TEST_DATABASE_URL must name a PostgreSQL server: run the tests with npm test')
  return url
}
