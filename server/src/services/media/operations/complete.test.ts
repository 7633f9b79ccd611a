import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '../../../platform/db/sql.ts'
import { createTestClock } from '../../../platform/testing/clock.ts'
import { downloadPath, type MediaNode, mediaFixture, noise, refusalOf, testServerName } from '../testing.ts'

const putPath = (mediaId: string) => `/_matrix/media/v3/upload/${testServerName}/${mediaId}`

async function create(node: MediaNode, as = 'alice') {
  const answer = await node.call('POST', '/_matrix/media/v1/create', { as })
  const body = (await answer.json()) as { content_uri: string; unused_expires_at: number }
  return {
    mediaId: body.content_uri.slice(`mxc://${testServerName}/`.length),
    expiresAt: body.unused_expires_at,
  }
}

test('a created media ID takes its content once, from the person who created it', async (t) => {
  const node = await mediaFixture(t)
  const { mediaId } = await create(node)
  const bytes = noise(1000)
  const headers = { 'content-type': 'image/png' }

  const stranger = node.call('PUT', putPath(mediaId), { as: 'bob', body: bytes })
  assert.deepEqual(await refusalOf(stranger), [403, 'M_FORBIDDEN'])

  const first = await node.call('PUT', `${putPath(mediaId)}?filename=a.png`, {
    as: 'alice',
    body: bytes,
    headers,
  })
  assert.deepEqual([first.status, await first.json()], [200, {}])
  const again = node.call('PUT', putPath(mediaId), { as: 'alice', body: noise(5) })
  assert.deepEqual(await refusalOf(again), [409, 'M_CANNOT_OVERWRITE_MEDIA'])

  const download = await node.call('GET', downloadPath(mediaId), { as: 'bob' })
  assert.equal(download.headers.get('content-type'), 'image/png')
  assert.equal(download.headers.get('content-disposition'), 'inline; filename="a.png"')
  assert.deepEqual(new Uint8Array(await download.arrayBuffer()), bytes)
})

test('of several uploads to one media ID exactly one succeeds, and only its bytes stay', async (t) => {
  const node = await mediaFixture(t)
  const { mediaId } = await create(node)
  const bodies = Array.from({ length: 5 }, () => noise(1000))
  const answers = await Promise.all(
    bodies.map((body) => node.call('PUT', putPath(mediaId), { as: 'alice', body })),
  )
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 409, 409, 409, 409])
  const [{ contents } = { contents: 0 }] = await node.platform.db.rows<{ contents: number }>(
    sql`select count(*) as contents from media.content`,
  )
  assert.equal(contents, 1)
})

test('a media ID that was never created, was uploaded at once, or names another server is unknown', async (t) => {
  const node = await mediaFixture(t)
  const body = noise(10)
  const uploaded = await node.upload(body)
  for (const path of [
    putPath('nothing'),
    putPath(uploaded),
    putPath('..%2F..%2Fetc%2Fpasswd'),
    '/_matrix/media/v3/upload/elsewhere.test/nothing',
  ])
    assert.deepEqual(
      await refusalOf(node.call('PUT', path, { as: 'alice', body })),
      [404, 'M_NOT_FOUND'],
      path,
    )
})

test('a created media ID expires when its content does not come', async (t) => {
  const clock = createTestClock()
  const node = await mediaFixture(t, { clock, settings: { reservationLifetime: 60_000 } })
  const { mediaId, expiresAt } = await create(node)
  assert.equal(expiresAt, clock.now() + 60_000)
  await clock.advance(60_000)
  const late = node.call('PUT', putPath(mediaId), { as: 'alice', body: noise(10) })
  assert.deepEqual(await refusalOf(late), [404, 'M_NOT_FOUND'])
  assert.deepEqual(await refusalOf(node.call('GET', downloadPath(mediaId), { as: 'bob' })), [
    404,
    'M_NOT_FOUND',
  ])
})

test('a person has so many media IDs waiting and no more, until one is used or expires', async (t) => {
  const clock = createTestClock()
  const node = await mediaFixture(t, { clock, settings: { reservationsMax: 2, reservationLifetime: 60_000 } })
  const { mediaId } = await create(node)
  await clock.advance(10_000)
  await create(node)
  const third = await node.call('POST', '/_matrix/media/v1/create', { as: 'alice' })
  assert.equal(third.status, 429)
  assert.equal(third.headers.get('retry-after'), '50')
  const { errcode, retry_after_ms } = (await third.json()) as Record<string, unknown>
  assert.deepEqual([errcode, retry_after_ms], ['M_LIMIT_EXCEEDED', 50_000])
  await create(node, 'bob')

  await node.call('PUT', putPath(mediaId), { as: 'alice', body: noise(10) })
  assert.equal((await node.call('POST', '/_matrix/media/v1/create', { as: 'alice' })).status, 200)
  await clock.advance(60_000)
  assert.equal((await node.call('POST', '/_matrix/media/v1/create', { as: 'alice' })).status, 200)
})

test('a download waits for content that is still to come, on another node too', async (t) => {
  const { nodes } = await mediaFixture(t, { nodes: 2 })
  const [here, there] = nodes as [MediaNode, MediaNode]
  const { mediaId } = await create(here)
  const bytes = noise(1000)
  const downloads = nodes.map((node) => node.call('GET', downloadPath(mediaId), { as: 'bob' }))
  await here.call('PUT', putPath(mediaId), { as: 'alice', body: bytes })
  for (const download of downloads)
    assert.deepEqual(new Uint8Array(await (await download).arrayBuffer()), bytes)
  assert.equal((await there.call('GET', downloadPath(mediaId), { as: 'bob' })).status, 200)
})

test('a download waits no longer than it was asked to', async (t) => {
  const clock = createTestClock()
  const node = await mediaFixture(t, { clock })
  const { mediaId } = await create(node)
  const at = (timeout: string) =>
    node.call('GET', `${downloadPath(mediaId)}?timeout_ms=${timeout}`, { as: 'bob' })
  assert.deepEqual(await refusalOf(at('0')), [504, 'M_NOT_YET_UPLOADED'])
  for (const wrong of ['-1', '1.5', 'soon', ''])
    assert.deepEqual(await refusalOf(at(wrong)), [400, 'M_INVALID_PARAM'], wrong)

  let answered = false
  const waiting = at('3000').finally(() => {
    answered = true
  })
  while (!answered) await clock.advance(500)
  assert.deepEqual(await refusalOf(waiting), [504, 'M_NOT_YET_UPLOADED'])
})
