import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serviceDependencies } from '../../src/dependencies.ts'
import { projectFiles, readProjectFile } from './repository.ts'
import { schemasIn, sqlIn } from './sql-text.ts'

const services = Object.keys(serviceDependencies)
const schemas = ['platform', ...services.map(schemaOf)]

for (const service of services) {
  test(`the SQL of ${service} names only its own schema`, () => {
    const files = projectFiles(new RegExp(`^server/src/services/${service}/.*\\.(ts|sql)$`))
    const foreign = files.flatMap((name) =>
      schemasIn(sqlIn(name, readProjectFile(name)), schemas)
        .filter((schema) => schema !== schemaOf(service) && !(schema === 'platform' && isTesting(name)))
        .map((schema) => `${name} names ${schema}`),
    )
    assert.deepEqual(foreign, [])
  })
}

test('the SQL of the platform names only its own schema', () => {
  const foreign = projectFiles(/^server\/src\/platform\/.*\.(ts|sql)$/).flatMap((name) =>
    schemasIn(sqlIn(name, readProjectFile(name)), schemas)
      .filter((schema) => schema !== 'platform')
      .map((schema) => `${name} names ${schema}`),
  )
  assert.deepEqual(foreign, [])
})

test('SQL is found in nested templates and its insertions are not taken for SQL', () => {
  const source = [
    'const q = sql`select a from rooms.event where id = $',
    '{identity.id} $',
    '{more ? sql`and b in (select 1 from push.rule)` : nothing}`',
  ].join('')
  assert.deepEqual(schemasIn(sqlIn('x.ts', source), schemas), ['rooms', 'push'])
})

/** Tests may look into the outbox. */
function isTesting(name: string): boolean {
  return /\.test\.ts$|\/testing(\.ts$|\/)/.test(name)
}

function schemaOf(service: string): string {
  return service.replaceAll('-', '_')
}
