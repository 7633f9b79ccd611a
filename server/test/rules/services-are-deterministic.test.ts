import assert from 'node:assert/strict'
import { test } from 'node:test'
import { projectFiles, readProjectFile } from './repository.ts'

/** What a service must take from its `deps`, so that a test decides it. */
const forbidden = [
  { what: 'the wall clock', pattern: /\bDate\.now\(|\bnew Date\(\)/ },
  {
    what: 'timers',
    pattern:
      /\b(?:setTimeout|setInterval)\(|import \{[^}]*\bset(?:Timeout|Interval)\b[^}]*\} from 'node:timers/,
  },
  { what: 'randomness', pattern: /\bMath\.random\(|\brandom(?:Bytes|Int|UUID|FillSync)\b|getRandomValues/ },
  { what: 'the environment', pattern: /\bprocess\.env\b/ },
]

test('services take time, timers, randomness and configuration from their deps', () => {
  const files = projectFiles(/^server\/src\/services\/.*\.ts$/).filter(
    (name) => !/\.test\.ts$|\/testing(\.ts$|\/)/.test(name),
  )
  const broken = files.flatMap((name) => {
    const source = readProjectFile(name)
    return forbidden
      .filter(({ pattern }) => pattern.test(source))
      .map(({ what }) => `${name} uses ${what} directly`)
  })
  assert.deepEqual(broken, [])
})
