import assert from 'node:assert/strict'
import { test } from 'node:test'
import { importsOf } from './imports.ts'
import { findWebViolations } from './web-boundaries.ts'

function violations(file: string, source: string): string[] {
  return findWebViolations(importsOf(file, source))
}

test('a feature may use ui, i18n, navigation and api, and of another feature its entry', () => {
  const file = 'web/src/features/chats/chat-row.tsx'
  for (const name of ['ui/button.tsx', 'i18n/text.ts', 'navigation/router.ts', 'api/use-rooms.ts'])
    assert.deepEqual(violations(file, `import { x } from '../../${name}'`), [])
  assert.deepEqual(violations(file, `import { Chat } from '../chat/chat.tsx'`), [])
})

test('the inside of another feature is refused', () => {
  const [complaint] = violations(
    'web/src/features/chats/chats.tsx',
    `import { Bubble } from '../chat/bubble.tsx'`,
  )
  assert.match(complaint ?? '', /only its entry, chat\.tsx/)
})

test('ui and api know no feature', () => {
  assert.match(
    violations('web/src/ui/button.tsx', `import { x } from '../features/chat/chat.tsx'`)[0] ?? '',
    /does not know/,
  )
  assert.match(
    violations('web/src/api/sites.ts', `import { x } from '../ui/toast.tsx'`)[0] ?? '',
    /does not know/,
  )
})

test('of the server only types from wire.ts may be imported', () => {
  const file = 'web/src/api/a.ts'
  const from = '../../../server/src/services/identity'
  assert.deepEqual(violations(file, `import type { A } from '${from}/wire.ts'`), [])
  assert.match(violations(file, `import { A } from '${from}/wire.ts'`)[0] ?? '', /only types/)
  assert.match(violations(file, `import type { A } from '${from}/api.ts'`)[0] ?? '', /only types/)
})
