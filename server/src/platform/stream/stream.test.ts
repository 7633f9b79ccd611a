import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from '../db/sql.ts'
import { testDatabase } from '../testing/database.ts'
import { testPlatform } from '../testing/platform.ts'

const ample = () => AbortSignal.timeout(10_000)

async function nodesFixture(t: TestContext, count: number) {
  const { url, db } = await testDatabase(t)
  await db.run(sql`create table public.note (position bigint primary key, text text not null)`)
  const nodes = []
  for (let i = 0; i < count; i++) {
    const platform = testPlatform(t, url)
    const seen: number[] = []
    platform.stream.follow('notes', async (after, upTo) => {
      const rows = await platform.db.rows<{ position: number }>(
        sql`select position from public.note where position > ${after} and position <= ${upTo} order by position`,
      )
      seen.push(...rows.map(({ position }) => position))
    })
    await platform.start()
    const write = async (texts: string[]) => {
      const last = await platform.db.transaction(async (tx) => {
        const first = await platform.stream.allocate(tx, 'notes', texts.length)
        for (const [i, text] of texts.entries())
          await tx.run(sql`insert into public.note values (${first + i}, ${text})`)
        return first + texts.length - 1
      })
      platform.stream.committed(last)
      return last
    }
    nodes.push({ ...platform, seen, write })
  }
  return { nodes, db, url }
}

test('what one node writes, the other has read soon after', async (t) => {
  const { nodes } = await nodesFixture(t, 2)
  const [writer, reader] = nodes
  assert(writer && reader)
  const last = await writer.write(['a', 'b'])
  await reader.stream.reached(last, ample())
  assert.deepEqual(reader.seen, [1, 2])
  assert.equal(reader.stream.position(), 2)
})

test('a writer that falls silent with positions in its hands holds nobody up, and writes after all', async (t) => {
  const { nodes } = await nodesFixture(t, 2)
  const [silent, other] = nodes
  assert(silent && other)
  const holds = Promise.withResolvers<void>()
  const goesOn = Promise.withResolvers<void>()
  let tries = 0
  const writing = silent.db.transaction(async (tx) => {
    const position = await silent.stream.allocate(tx, 'notes', 1)
    if (++tries === 1) {
      holds.resolve()
      await goesOn.promise
    }
    await tx.run(sql`insert into public.note values (${position}, 'late')`)
    return position
  })
  await holds.promise
  // Without a limit this would wait for ever: the writer goes on only when it has succeeded.
  const last = await other.write(['a'])
  goesOn.resolve()
  assert((await writing) > last)
  assert.equal(tries, 2)
})

test('no reader ever finds a row behind a position it has passed, with many writers at once', async (t) => {
  const { nodes, db } = await nodesFixture(t, 3)
  await Promise.all(
    nodes.flatMap((node) =>
      Array.from({ length: 30 }, (_, i) => node.write(Array.from({ length: 1 + (i % 4) }, () => 'x'))),
    ),
  )
  const [row] = await db.rows<{ last: number }>(sql`select max(position) as last from public.note`)
  assert(row)
  for (const node of nodes) {
    await node.stream.reached(row.last, ample())
    // Every row exactly once, in order: had one become visible late, it would be missing here.
    assert.deepEqual(
      node.seen,
      Array.from({ length: row.last }, (_, i) => i + 1),
    )
  }
})

test('a transaction that fails leaves no trace for readers', async (t) => {
  const { nodes } = await nodesFixture(t, 1)
  const [node] = nodes
  assert(node)
  await assert.rejects(
    node.db.transaction(async (tx) => {
      await node.stream.allocate(tx, 'notes', 5)
      throw new Error('changed my mind')
    }),
  )
  assert.equal(await node.write(['a']), 1)
})

test('a reader that missed every wake-up finds what it missed when it looks again', async (t) => {
  const { nodes } = await nodesFixture(t, 2)
  const [writer, reader] = nodes
  assert(writer && reader)
  await reader.bus.close()
  const last = await writer.write(['a'])
  await reader.stream.reached(last, ample())
  assert.deepEqual(reader.seen, [1])
})

test('waiting for a position ends when the caller goes away', async (t) => {
  const { nodes } = await nodesFixture(t, 1)
  const gone = new AbortController()
  const waiting = nodes[0]?.stream.reached(99, gone.signal)
  gone.abort(new Error('hung up'))
  await assert.rejects(waiting ?? Promise.resolve(), /hung up/)
})

test('a node that starts later begins at the head and reads only what is new', async (t) => {
  const { nodes, url } = await nodesFixture(t, 1)
  const [node] = nodes
  assert(node)
  await node.write(['a', 'b', 'c'])
  const late = testPlatform(t, url)
  const seen: [number, number][] = []
  late.stream.follow('notes', async (after, upTo) => void seen.push([after, upTo]))
  await late.start()
  assert.equal(late.stream.position(), 3)
  const last = await node.write(['d'])
  await late.stream.reached(last, ample())
  assert.deepEqual(seen, [[3, 4]])
})
