import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../../platform/testing/database.ts'
import { indexEvents } from './index-events.ts'

test('an index that is far behind is left to whoever has the time', async (t) => {
  const { db } = await testDatabase(t)
  const read: number[] = []
  const deps = {
    db,
    stream: { head: async () => 2000 },
    rooms: {
      async eventsInStream({ after }: { after: number }) {
        read.push(after)
        return []
      },
      events: async () => [],
    },
  }
  await indexEvents(deps, { behindMax: 1999 })
  assert.deepEqual(read, [])
  await indexEvents(deps, { behindMax: 2000 })
  await indexEvents(deps)
  assert.deepEqual(read, [0])
})
