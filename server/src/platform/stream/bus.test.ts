import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '../db/sql.ts'
import { testDatabase } from '../testing/database.ts'
import { testPlatform } from '../testing/platform.ts'

test('a message reaches every node, the sender too, in order', async (t) => {
  const { url } = await testDatabase(t)
  const nodes = [testPlatform(t, url), testPlatform(t, url)]
  const received = nodes.map(({ bus }) => {
    const { promise, resolve } = Promise.withResolvers<unknown[]>()
    const messages: unknown[] = []
    bus.subscribe('greeting', (message) => {
      messages.push(message)
      if (messages.length === 300) resolve(messages)
    })
    return promise
  })
  for (const node of nodes) await node.start()
  // Long enough in all to need several payloads.
  const sent = Array.from({ length: 300 }, (_, n) => ({ n, text: 'ü'.repeat(40) }))
  for (const message of sent) nodes[0]?.bus.publish('greeting', message)
  for (const messages of await Promise.all(received)) assert.deepEqual(messages, sent)
})

test('a broken connection is made again, and subscribers hear of the gap', async (t) => {
  const { url, db } = await testDatabase(t)
  const node = testPlatform(t, url)
  let gaps = 0
  const again = Promise.withResolvers<void>()
  node.bus.onGap(() => {
    gaps++
    if (gaps === 2) again.resolve()
  })
  await node.start()
  assert.equal(gaps, 1)
  await db.rows(
    sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ~* '^listen'`,
  )
  await again.promise
  const heard = Promise.withResolvers<unknown>()
  node.bus.subscribe('greeting', heard.resolve)
  node.bus.publish('greeting', 'hello')
  assert.equal(await heard.promise, 'hello')
})
