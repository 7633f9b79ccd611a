import { readFileSync } from 'node:fs'

/** The version of this node: decides whether it may join a database. */
export const version: string = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
).version
