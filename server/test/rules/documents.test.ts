import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serviceDependencies } from '../../src/dependencies.ts'
import { projectFiles, readProjectFile } from './repository.ts'

const required = [
  /^## What it promises$/m,
  /^## Tables$/m,
  /Lock order/,
  // What callers see then.
  /^## While (the database moves|it is down)$/m,
]

for (const name of Object.keys(serviceDependencies)) {
  const folder = `server/src/services/${name}`
  const built = projectFiles(new RegExp(`^${folder}/service\\.ts$`)).length > 0

  test(`${name} says what it promises`, { skip: !built && 'the service is not built yet' }, () => {
    const readme = readProjectFile(`${folder}/README.md`)
    assert.deepEqual(
      required.filter((pattern) => !pattern.test(readme)),
      [],
    )
  })
}

test('every folder of a service stands in the table of dependencies', () => {
  const folders = new Set(projectFiles(/^server\/src\/services\//).map((name) => name.split('/')[3]))
  assert.deepEqual(
    [...folders].filter((name) => name !== undefined && !(name in serviceDependencies)),
    [],
  )
})

test('ARCHITECTURE.md prints the table of dependencies', () => {
  const printed = /<!-- dependencies:start -->\n(?<table>.*?)<!-- dependencies:end -->/s.exec(
    readProjectFile('ARCHITECTURE.md'),
  )?.groups?.['table']
  const rows = (printed ?? '')
    .trim()
    .split('\n')
    .slice(2)
    .map((row) =>
      row
        .split('|')
        .slice(1, 3)
        .map((cell) => cell.trim()),
    )
  assert.deepEqual(
    rows,
    Object.entries(serviceDependencies).map(([name, known]) => [name, known.join(', ') || '-']),
  )
})

test('links between the documents lead somewhere', () => {
  const known = new Set(projectFiles(/./))
  const broken = projectFiles(/\.md$/).flatMap((name) =>
    [...readProjectFile(name).matchAll(/\]\((?<target>[^)#:\s]+)(?:#[^)]*)?\)/g)].flatMap(({ groups }) => {
      const target = new URL(groups?.['target'] ?? '', `file:///${name}`).pathname.slice(1).replace(/\/$/, '')
      const leads = known.has(target) || [...known].some((file) => file.startsWith(`${target}/`))
      return leads ? [] : [`${name}: ${target}`]
    }),
  )
  assert.deepEqual(broken, [])
})
