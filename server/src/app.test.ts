import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp, testNodes } from './platform/testing/app.ts'

test('a node is alive and ready, and shows its metrics', async (t) => {
  const { http } = await testApp(t)
  assert.deepEqual((await http.inject('/livez')).json(), { status: 'alive' })
  assert.deepEqual((await http.inject('/readyz')).json(), { status: 'ready' })
  assert.match((await http.inject('/metrics')).body, /dure_http_request_seconds_bucket/)
})

test('two nodes share one database', async (t) => {
  const nodes = await testNodes(t, 2)
  for (const { http } of nodes) assert.equal((await http.inject('/readyz')).statusCode, 200)
})
