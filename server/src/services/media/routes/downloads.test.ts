import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { createChunks } from '../blobs/chunk-cache.ts'
import { chunkBytes } from '../blobs/content.ts'
import { readBlob } from '../blobs/read-blob.ts'
import { downloadPath, mediaFixture, noise, refusalOf, testServerName } from '../testing.ts'

const legacyPath = (mediaId: string) => `/_matrix/media/v3/download/${testServerName}/${mediaId}`

test('a download says how to treat it, and that it never changes', async (t) => {
  const node = await mediaFixture(t)
  const id = await node.upload(noise(10), { type: 'text/html', fileName: 'a.html' })
  const { status, headers } = await node.call('GET', downloadPath(id), { as: 'bob' })
  assert.equal(status, 200)
  assert.equal(headers.get('content-type'), 'text/html')
  assert.equal(headers.get('content-disposition'), 'attachment; filename="a.html"')
  assert.match(
    headers.get('content-security-policy') ?? '',
    /^sandbox; default-src 'none'; script-src 'none';/,
  )
  assert.equal(headers.get('cross-origin-resource-policy'), 'cross-origin')
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  assert.equal(headers.get('cache-control'), 'private, max-age=31536000, immutable')
})

test('the file name of the path replaces that of the upload; without either there is none', async (t) => {
  const node = await mediaFixture(t)
  const named = await node.upload(noise(10), { type: 'image/png', fileName: 'a.png' })
  const unnamed = await node.upload(noise(10), { type: 'image/png' })
  const disposition = async (path: string) =>
    (await node.call('GET', path, { as: 'bob' })).headers.get('content-disposition')
  assert.equal(await disposition(downloadPath(named)), 'inline; filename="a.png"')
  assert.equal(await disposition(downloadPath(unnamed)), 'inline')
  assert.equal(
    await disposition(`${downloadPath(named)}/%ED%95%9C%2F%22.png`),
    `inline; filename="___.png"; filename*=UTF-8''%ED%95%9C%2F%22.png`,
  )
  const evil = node.call('GET', `${downloadPath(named)}/a%0d%0aX-Evil:%201`, { as: 'bob' })
  assert.deepEqual(await refusalOf(evil), [400, 'M_INVALID_PARAM'])
})

test('a part of a file can be asked for, across pieces too', async (t) => {
  const node = await mediaFixture(t)
  const bytes = noise(3 * chunkBytes)
  const id = await node.upload(bytes)
  for (const [start, end] of [
    [0, 1],
    [chunkBytes - 1, chunkBytes + 1],
    [10, 3 * chunkBytes - 10],
    [2 * chunkBytes, 3 * chunkBytes],
  ] as const) {
    const headers = { range: `bytes=${start}-${end - 1}` }
    const answer = await node.call('GET', downloadPath(id), { as: 'bob', headers })
    assert.equal(answer.status, 206)
    assert.equal(answer.headers.get('content-range'), `bytes ${start}-${end - 1}/${bytes.length}`)
    assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), bytes.slice(start, end))
  }
  const beyond = await node.call('GET', downloadPath(id), {
    as: 'bob',
    headers: { range: `bytes=${bytes.length}-` },
  })
  assert.equal(beyond.headers.get('content-range'), `bytes */${bytes.length}`)
  assert.deepEqual(await refusalOf(beyond), [416, 'M_UNKNOWN'])
})

test('who has the file already is not sent it again; who resumes another file gets all of this one', async (t) => {
  const node = await mediaFixture(t)
  const id = await node.upload(noise(100))
  const get = (headers: Record<string, string>) => node.call('GET', downloadPath(id), { as: 'bob', headers })
  const etag = (await get({})).headers.get('etag') ?? ''
  const unchanged = await get({ 'if-none-match': etag })
  assert.deepEqual([unchanged.status, await unchanged.text(), unchanged.headers.get('etag')], [304, '', etag])
  assert.equal((await get({ 'if-none-match': '"other"' })).status, 200)
  assert.equal((await get({ 'if-range': etag, range: 'bytes=0-1' })).status, 206)
  assert.equal((await get({ 'if-range': '"other"', range: 'bytes=0-1' })).status, 200)
})

test('guests may download, nobody may not', async (t) => {
  const node = await mediaFixture(t)
  const id = await node.upload(noise(10))
  assert.equal((await node.call('GET', downloadPath(id), { as: 'guest' })).status, 200)
  assert.deepEqual(await refusalOf(node.call('GET', downloadPath(id))), [401, 'M_MISSING_TOKEN'])
})

test('an address that names nothing here is unknown, whatever it tries', async (t) => {
  const node = await mediaFixture(t)
  for (const path of [
    downloadPath('nothing'),
    downloadPath('..%2f..%2fetc%2fpasswd'),
    downloadPath('a%00b'),
    downloadPath("'%20or%20true--"),
    '/_matrix/client/v1/media/download/elsewhere.test/nothing',
    '/_matrix/client/v1/media/download/..%2f/nothing',
  ])
    assert.deepEqual(await refusalOf(node.call('GET', path, { as: 'bob' })), [404, 'M_NOT_FOUND'], path)
})

test('the deprecated endpoints serve nothing that was uploaded after the freeze', async (t) => {
  const frozen = await mediaFixture(t)
  const id = await frozen.upload(noise(10))
  assert.deepEqual(await refusalOf(frozen.call('GET', legacyPath(id))), [404, 'M_NOT_FOUND'])
  assert.deepEqual(await refusalOf(frozen.call('GET', `${legacyPath(id)}/a.png`)), [404, 'M_NOT_FOUND'])
  const thumbnail = `/_matrix/media/v3/thumbnail/${testServerName}/${id}?width=32&height=32`
  assert.deepEqual(await refusalOf(frozen.call('GET', thumbnail)), [404, 'M_NOT_FOUND'])

  const later = Date.now() + 3_600_000
  const thawed = await mediaFixture(t, { settings: { frozenFrom: later } })
  const answer = await thawed.call('GET', legacyPath(await thawed.upload(noise(10))))
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  const old = await mediaFixture(t, { settings: { frozenFrom: 1 } })
  assert.deepEqual(await refusalOf(old.call('GET', legacyPath(await old.upload(noise(10))))), [
    404,
    'M_NOT_FOUND',
  ])
})

test('both configuration endpoints tell the upload limit to people who are logged in', async (t) => {
  const node = await mediaFixture(t, { settings: { uploadBytesMax: 12345 } })
  for (const path of ['/_matrix/client/v1/media/config', '/_matrix/media/v3/config']) {
    assert.deepEqual(await (await node.call('GET', path, { as: 'alice' })).json(), { 'm.upload.size': 12345 })
    assert.equal((await node.call('GET', path)).status, 401)
  }
})

test('a slow reader makes the server read no further than a piece ahead', async (t) => {
  const node = await mediaFixture(t)
  const { content } = await node.media.find(
    await node.upload(noise(8 * chunkBytes)),
    0,
    AbortSignal.timeout(5000),
  )
  const chunks = createChunks(node.platform, { cacheBytes: 0 })
  let read = 0
  const counted = {
    read(...request: Parameters<typeof chunks.read>) {
      read += 1
      return chunks.read(...request)
    },
  }
  const body = Readable.from(readBlob({ chunks: counted }, content, { start: 0, end: content.sizeBytes }), {
    objectMode: false,
    highWaterMark: 1,
  })
  let taken = 0
  for await (const _ of body) {
    taken += 1
    assert.ok(read <= taken + 1, `${read} pieces were read when ${taken} were taken`)
  }
  assert.equal(taken, 8)
})

test('a reader who takes nothing is cut off', { timeout: 20_000 }, async (t) => {
  const node = await mediaFixture(t, { settings: { stall: 50 } })
  const id = await node.upload(noise(64 * chunkBytes))
  const accepted = once(node.http.server, 'connection')
  const { hostname, port } = new URL(node.url)
  const client = connect({ host: hostname, port: Number(port) })
  client.on('error', () => undefined)
  client.pause()
  client.write(`GET ${downloadPath(id)} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer bob\r\n\r\n`)
  const [connection] = (await accepted) as [Socket]
  await once(connection, 'close')
  assert.ok(connection.bytesWritten < 64 * chunkBytes)
  client.destroy()
})
