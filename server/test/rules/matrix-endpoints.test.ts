import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp } from '../../src/platform/testing/app.ts'
import { type Endpoint, endpoints, leftOut, servedBy } from '../specification/endpoints.ts'

test('the node answers each endpoint of the specification that docs/reference/matrix.md says is served, and no other', async (t) => {
  const { http, routes } = await testApp(t)
  const isServed = servedBy(routes)

  async function isRecognised({ method, path }: Endpoint): Promise<boolean> {
    const answer = await http.inject({
      method: method as 'GET' | 'PUT' | 'POST' | 'DELETE',
      url: path.replaceAll(/\{(\w+)\}/g, (_, name: string) => examples[name] ?? 'x'),
      ...(method !== 'GET' && { payload: '{}' }),
    })
    const json = answer.headers['content-type']?.toString().startsWith('application/json')
    return !(json && answer.json().errcode === 'M_UNRECOGNIZED')
  }

  const wrong: string[] = []
  for (const endpoint of endpoints)
    if ((await isRecognised(endpoint)) !== isServed(endpoint))
      wrong.push(`${endpoint.method} ${endpoint.path} is ${isServed(endpoint) ? 'not ' : ''}recognised`)
  assert.deepEqual(wrong, [])
  assert(endpoints.length > 150, `only ${endpoints.length} endpoints are listed`)
})

test('what is served is not at the same time left out on purpose', async (t) => {
  const { routes } = await testApp(t)
  const both = endpoints.filter(servedBy(routes)).filter((endpoint) => leftOut(endpoint) !== undefined)
  assert.deepEqual(
    both.map(({ method, path }) => `${method} ${path}`),
    [],
  )
})

/** Where the value decides whether there is such an endpoint. */
const examples: Record<string, string> = { authType: 'm.login.registration_token' }
