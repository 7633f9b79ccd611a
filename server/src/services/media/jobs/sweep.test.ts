import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Sql, sql } from '../../../platform/db/sql.ts'
import { createTestClock } from '../../../platform/testing/clock.ts'
import { claimContent, settleContent } from '../blobs/claim-content.ts'
import { chunkBytes } from '../blobs/content.ts'
import { writeBlob } from '../blobs/write-blob.ts'
import { downloadPath, mediaFixture, noise } from '../testing.ts'
import { sweep } from './sweep.ts'

const dayMs = 24 * 3_600_000

async function fixture(t: Parameters<typeof mediaFixture>[0]) {
  const clock = createTestClock()
  const node = await mediaFixture(t, { clock })
  const { db } = node.platform
  const count = async (from: Sql) =>
    (await db.rows<{ n: number }>(sql`select count(*) as n from ${from}`))[0]?.n
  async function* once(bytes: Uint8Array) {
    yield bytes
  }
  return {
    ...node,
    clock,
    db,
    sweep: () => sweep(node.platform, new AbortController().signal),
    write: (bytes: Uint8Array) => writeBlob(node.platform, once(bytes), Infinity),
    stored: async () => ({
      items: await count(sql`media.item`),
      contents: await count(sql`media.content`),
      chunks: await count(sql`media.chunk`),
      loose: await count(sql`media.loose_blob`),
    }),
  }
}

test('what an upload that died left behind is removed after a day, and nothing else', async (t) => {
  const { clock, platform, stored, sweep, write, upload, call } = await fixture(t)
  const bytes = noise(2 * chunkBytes)
  const kept = await upload(bytes)
  await write(noise(2 * chunkBytes))
  await claimContent(platform, await write(noise(100)))
  // This one died after its claim of known bytes: only its own copy goes.
  await claimContent(platform, await write(bytes))

  await clock.advance(dayMs - 1)
  await sweep()
  assert.deepEqual(await stored(), { items: 1, contents: 2, chunks: 7, loose: 3 })
  await clock.advance(2)
  await sweep()
  assert.deepEqual(await stored(), { items: 1, contents: 1, chunks: 2, loose: 0 })
  const answer = await call('GET', downloadPath(kept), { as: 'bob' })
  assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), bytes)
})

test('content that something refers to stays although its upload could not say so', async (t) => {
  const { clock, db, stored, sweep, upload } = await fixture(t)
  await upload(noise(100))
  await db.run(sql`update media.content set settled = false`)
  await clock.advance(2 * dayMs)
  await sweep()
  assert.deepEqual(await stored(), { items: 1, contents: 1, chunks: 1, loose: 0 })
  assert.deepEqual(await db.rows(sql`select settled from media.content`), [{ settled: true }])
})

test('a sweep and uploads of the same bytes at the same time never lose a file', async (t) => {
  const { clock, platform, sweep, write, upload, call } = await fixture(t)
  for (let round = 0; round < 10; round++) {
    const bytes = noise(1000)
    await claimContent(platform, await write(bytes))
    await clock.advance(dayMs + 1)
    const [ids] = await Promise.all([
      Promise.all(['alice', 'bob', 'carol'].map((as) => upload(bytes, { as }))),
      sweep(),
      sweep(),
    ])
    await clock.advance(dayMs + 1)
    await sweep()
    for (const id of ids) {
      const answer = await call('GET', downloadPath(id), { as: 'bob' })
      assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), bytes)
    }
  }
})

test('a claim made after the sweep looked keeps the content', async (t) => {
  const { clock, platform, stored, sweep, write } = await fixture(t)
  const bytes = noise(100)
  const first = await claimContent(platform, await write(bytes))
  await clock.advance(dayMs + 1)
  const second = await claimContent(platform, await write(bytes))
  assert.equal(second.content.blobId, first.content.blobId)
  await sweep()
  await settleContent(platform, second)
  assert.deepEqual(await stored(), { items: 0, contents: 1, chunks: 1, loose: 0 })
})

test('created media IDs that were never used go when they expire', async (t) => {
  const { clock, stored, sweep, media } = await fixture(t)
  await media.reserve('@alice:media.test')
  await clock.advance(dayMs - 1)
  await sweep()
  assert.equal((await stored()).items, 1)
  await clock.advance(1)
  await sweep()
  assert.equal((await stored()).items, 0)
})
