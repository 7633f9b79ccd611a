import { readFileSync } from 'node:fs'

/** The sites.yaml of three sites that operators are given to copy. */
export const exampleSites = readFileSync(
  new URL('../../../../deploy/example/sites.yaml', import.meta.url),
  'utf8',
)
