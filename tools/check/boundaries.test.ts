import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findViolations } from './boundaries.ts'
import { importsOf } from './imports.ts'

const table = { identity: [], rooms: ['identity'], push: ['rooms'] }

function violations(file: string, source: string): string[] {
  return findViolations(table, importsOf(file, source))
}

test('a service may import types from the api.ts of a service it is allowed to know', () => {
  const file = 'server/src/services/rooms/service.ts'
  assert.deepEqual(violations(file, `import type { Identity } from '../identity/api.ts'`), [])
  assert.deepEqual(violations(file, `import { type Account, type Identity } from '../identity/api.ts'`), [])
})

test('a value import from another service is refused', () => {
  const [complaint] = violations(
    'server/src/services/rooms/operations/join.ts',
    `import {\n  createIdentity,\n  type Identity,\n} from '../../identity/api.ts'`,
  )
  assert.match(complaint ?? '', /join\.ts:1 imports .*identity\/api\.ts: of another service only types/)
})

test('a value import inside an expression is refused', () => {
  const [complaint] = violations(
    'server/src/services/rooms/service.ts',
    `const { x } = await import('../identity/api.ts')`,
  )
  assert.match(complaint ?? '', /only types/)
})

test('another file than api.ts is refused', () => {
  const [complaint] = violations(
    'server/src/services/rooms/service.ts',
    `import type { Row } from '../identity/service.ts'`,
  )
  assert.match(complaint ?? '', /only api\.ts/)
})

test('a service that the table does not list is refused', () => {
  const [complaint] = violations(
    'server/src/services/identity/service.ts',
    `import type { Rooms } from '../rooms/api.ts'`,
  )
  assert.match(complaint ?? '', /does not let identity know rooms/)
})

test('the platform may not know a service or the composition root', () => {
  const file = 'server/src/platform/http/http.ts'
  assert.match(violations(file, `import type { A } from '../../services/rooms/api.ts'`)[0] ?? '', /platform/)
  assert.match(violations(file, `import { createApp } from '../../app.ts'`)[0] ?? '', /platform/)
})

test('shipped code may not use fixtures, and tests may', () => {
  const source = `import { fixture } from '../identity/testing.ts'`
  assert.match(violations('server/src/services/rooms/service.ts', source)[0] ?? '', /only tests/)
  assert.deepEqual(violations('server/src/services/rooms/service.test.ts', source), [])
})

test('shipped code may not use tools', () => {
  const [complaint] = violations('server/src/main.ts', `import { x } from '../../tools/check.ts'`)
  assert.match(complaint ?? '', /outside server\/src/)
})

test('a cycle is found, types included', () => {
  const complaints = findViolations(table, [
    ...importsOf('server/src/platform/a.ts', `import type { B } from './b.ts'`),
    ...importsOf('server/src/platform/b.ts', `import { c } from './c.ts'`),
    ...importsOf('server/src/platform/c.ts', `export type { A } from './a.ts'`),
  ])
  assert.equal(complaints.length, 1)
  assert.match(complaints[0] ?? '', /a\.ts -> .*b\.ts -> .*c\.ts -> .*a\.ts/)
})

test('a cycle in the table itself is found', () => {
  const [complaint] = findViolations({ rooms: ['push'], push: ['rooms'] }, [])
  assert.match(complaint ?? '', /rooms -> push -> rooms/)
})
