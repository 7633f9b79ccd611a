import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { test } from 'node:test'
import { sql } from '../../../platform/db/sql.ts'
import { createTestClock } from '../../../platform/testing/clock.ts'
import { until } from '../../../platform/testing/until.ts'
import { chunkBytes } from '../blobs/content.ts'
import { downloadPath, type MediaNode, mediaFixture, noise, refusalOf } from '../testing.ts'

const uploadPath = '/_matrix/media/v3/upload'

async function stored({ platform }: MediaNode) {
  const [counts] = await platform.db.rows<Record<string, number>>(sql`
    select (select count(*) from media.item) as items, (select count(*) from media.content) as contents,
      (select count(*) from media.chunk) as chunks, (select count(*) from media.loose_blob) as loose`)
  return counts
}

test('what was uploaded is downloaded byte for byte, whatever its size', async (t) => {
  const node = await mediaFixture(t)
  for (const size of [0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 5 * chunkBytes + 17]) {
    const bytes = noise(size)
    const answer = await node.call('GET', downloadPath(await node.upload(bytes)), { as: 'bob' })
    assert.equal(answer.status, 200)
    assert.equal(Number(answer.headers.get('content-length')), size)
    assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), bytes)
  }
})

test('a media ID holds nothing but letters and digits, and the address names this server', async (t) => {
  const node = await mediaFixture(t)
  const answer = await node.call('POST', uploadPath, { as: 'alice', body: noise(3) })
  assert.match(
    ((await answer.json()) as { content_uri: string }).content_uri,
    /^mxc:\/\/media\.test\/[A-Za-z0-9]{24}$/,
  )
})

test('equal bytes are kept once, also when they come at the same time', async (t) => {
  const node = await mediaFixture(t)
  const bytes = noise(2 * chunkBytes)
  const ids = await Promise.all(['alice', 'bob', 'carol', 'dave'].map((as) => node.upload(bytes, { as })))
  assert.equal(new Set(ids).size, 4)
  assert.deepEqual(await stored(node), { items: 4, contents: 1, chunks: 2, loose: 0 })
  for (const id of ids) {
    const answer = await node.call('GET', downloadPath(id), { as: 'bob' })
    assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), bytes)
  }
})

test('a file beyond the size limit is refused by its Content-Length, before its bytes are read', async (t) => {
  const node = await mediaFixture(t, { settings: { uploadBytesMax: 1000 } })
  const answer = node.call('POST', uploadPath, { as: 'alice', body: noise(1001) })
  assert.deepEqual(await refusalOf(answer), [413, 'M_TOO_LARGE'])
  assert.equal((await node.call('POST', uploadPath, { as: 'alice', body: noise(1000) })).status, 200)
})

test('a file beyond the size limit is refused while it comes in when its length was not said, and nothing stays', async (t) => {
  const node = await mediaFixture(t, { settings: { uploadBytesMax: 3 * chunkBytes } })
  let pieces = 0
  const body = new ReadableStream({
    pull(controller) {
      pieces += 1
      if (pieces > 200) controller.close()
      else controller.enqueue(noise(chunkBytes / 4))
    },
  })
  assert.deepEqual(await refusalOf(node.call('POST', uploadPath, { as: 'alice', body })), [
    413,
    'M_TOO_LARGE',
  ])
  assert.deepEqual(await stored(node), { items: 0, contents: 0, chunks: 0, loose: 0 })
})

test('an upload that breaks off leaves nothing behind', async (t) => {
  const node = await mediaFixture(t)
  const half = request(node.url + uploadPath, {
    method: 'POST',
    headers: { authorization: 'Bearer alice', 'content-length': 4 * chunkBytes },
  })
  half.on('error', () => undefined)
  half.write(noise(3 * chunkBytes))
  await until(async () => (await stored(node))?.['chunks'] !== 0)
  half.destroy()
  await until(async () => (await stored(node))?.['loose'] === 0)
  assert.deepEqual(await stored(node), { items: 0, contents: 0, chunks: 0, loose: 0 })
})

test('an upload that pauses for too long is cut off', async (t) => {
  const clock = createTestClock()
  const node = await mediaFixture(t, { clock, settings: { stall: 1000 } })
  const slow = request(node.url + uploadPath, {
    method: 'POST',
    headers: { authorization: 'Bearer alice', 'content-length': 4 * chunkBytes },
  })
  const cut = new Promise((resolve) => slow.once('error', resolve))
  slow.write(noise(chunkBytes))
  await until(async () => (await stored(node))?.['chunks'] === 1)
  await clock.advance(1001)
  await cut
  await until(async () => (await stored(node))?.['chunks'] === 0)
})

test('no more uploads are taken at once than the node has room for', async (t) => {
  const node = await mediaFixture(t, { settings: { uploadsMax: 1 } })
  const first = request(node.url + uploadPath, { method: 'POST', headers: { authorization: 'Bearer alice' } })
  const done = new Promise((resolve) => first.once('response', resolve))
  first.write(noise(chunkBytes))
  await until(async () => (await stored(node))?.['chunks'] === 1)
  const second = await node.call('POST', uploadPath, { as: 'bob', body: noise(10) })
  assert.equal(second.status, 503)
  assert.ok(Number(second.headers.get('retry-after')) > 0)
  first.end()
  await done
  assert.equal((await node.call('POST', uploadPath, { as: 'bob', body: noise(10) })).status, 200)
})

test('a person keeps no more bytes than their quota; what was refused does not stay', async (t) => {
  const node = await mediaFixture(t, { settings: { personBytesMax: 1000 } })
  await node.upload(noise(600))
  const over = node.call('POST', uploadPath, { as: 'alice', body: noise(401) })
  assert.deepEqual(await refusalOf(over), [403, 'M_FORBIDDEN'])
  assert.deepEqual(await stored(node), { items: 1, contents: 1, chunks: 1, loose: 0 })
  await node.upload(noise(400))
  await node.upload(noise(1000), { as: 'bob' })
})

test('uploads at the same time do not slip past the quota together', async (t) => {
  const node = await mediaFixture(t, { settings: { personItemsMax: 3 } })
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => node.call('POST', uploadPath, { as: 'alice', body: noise(100) })),
  )
  assert.equal(answers.filter((answer) => answer.status === 200).length, 3)
  assert.deepEqual(await stored(node), { items: 3, contents: 3, chunks: 3, loose: 0 })
})

test('a refused upload of bytes that somebody else keeps does not take them away', async (t) => {
  const node = await mediaFixture(t, { settings: { personBytesMax: 1000 } })
  const bytes = noise(600)
  const kept = await node.upload(bytes, { as: 'bob' })
  await node.upload(noise(600))
  const over = node.call('POST', uploadPath, { as: 'alice', body: bytes })
  assert.deepEqual(await refusalOf(over), [403, 'M_FORBIDDEN'])
  const answer = await node.call('GET', downloadPath(kept), { as: 'bob' })
  assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), bytes)
})

test('nobody and guests may not upload', async (t) => {
  const node = await mediaFixture(t)
  const body = noise(10)
  assert.deepEqual(await refusalOf(node.call('POST', uploadPath, { body })), [401, 'M_MISSING_TOKEN'])
  assert.deepEqual(await refusalOf(node.call('POST', uploadPath, { body, as: 'guest' })), [
    403,
    'M_GUEST_ACCESS_FORBIDDEN',
  ])
})

test('a type that is no media type is remembered as bytes of unknown type', async (t) => {
  const node = await mediaFixture(t)
  const typeOf = async (sent: string | undefined) => {
    const answer = await node.call('POST', uploadPath, {
      as: 'alice',
      body: noise(10),
      headers: sent === undefined ? {} : { 'content-type': sent },
    })
    const { content_uri } = (await answer.json()) as { content_uri: string }
    const download = await node.call('GET', downloadPath(content_uri.slice('mxc://media.test/'.length)), {
      as: 'bob',
    })
    return download.headers.get('content-type')
  }
  assert.equal(await typeOf('image/png'), 'image/png')
  assert.equal(await typeOf('text/plain; charset="utf-8"'), 'text/plain; charset="utf-8"')
  assert.equal(await typeOf(undefined), 'application/octet-stream')
  assert.equal(await typeOf('rubbish'), 'application/octet-stream')
  assert.equal(await typeOf('image/png, text/html'), 'application/octet-stream')
  assert.equal(await typeOf(`text/${'x'.repeat(300)}`), 'application/octet-stream')
})

test('file names with control characters or without end are refused', async (t) => {
  const node = await mediaFixture(t)
  for (const name of ['a%00b', 'a%0d%0aSet-Cookie:x', 'x'.repeat(1001)]) {
    const answer = node.call('POST', `${uploadPath}?filename=${name}`, { as: 'alice', body: noise(10) })
    assert.deepEqual(await refusalOf(answer), [400, 'M_INVALID_PARAM'], name)
  }
  const twice = node.call('POST', `${uploadPath}?filename=a&filename=b`, { as: 'alice', body: noise(10) })
  assert.deepEqual(await refusalOf(twice), [400, 'M_INVALID_PARAM'])
})

test('the source is not read faster than the database takes it', async (t) => {
  const node = await mediaFixture(t)
  const piece = noise(64 * 1024)
  let furthestAhead = 0
  async function* source() {
    for (let sent = 0; sent < 64; sent++) {
      const ahead = sent * piece.length - Number((await stored(node))?.['chunks']) * chunkBytes
      furthestAhead = Math.max(furthestAhead, ahead)
      yield piece
    }
  }
  const description = { userId: '@alice:media.test', contentType: undefined, fileName: undefined }
  const { mediaId } = await node.media.upload(description, source())
  assert.ok(furthestAhead <= 2 * chunkBytes, `${furthestAhead} bytes were in memory`)
  const { content } = await node.media.find(mediaId, 0, AbortSignal.timeout(1000))
  assert.equal(content.sizeBytes, 64 * piece.length)
  assert.deepEqual(
    content.sha256,
    createHash('sha256')
      .update(Buffer.concat(Array(64).fill(piece)))
      .digest(),
  )
})
