import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import sharp from 'sharp'
import { sql } from '../../../platform/db/sql.ts'
import { createTestClock } from '../../../platform/testing/clock.ts'
import { dnsPeer } from '../../../platform/testing/dns-peer.ts'
import { httpPeer } from '../../../platform/testing/http-peer.ts'
import { sweep } from '../jobs/sweep.ts'
import { downloadPath, type MediaNode, mediaFixture, noise, refusalOf, testServerName } from '../testing.ts'

const dayMs = 24 * 3_600_000
const unavailable = [404, 'M_NOT_FOUND']

const previewPath = (url: string, prefix = '/_matrix/client/v1/media') =>
  `${prefix}/preview_url?url=${encodeURIComponent(url)}`
const asked = (node: MediaNode, url: string) => node.call('GET', previewPath(url), { as: 'alice' })

async function previewed(node: MediaNode, url: string): Promise<Record<string, unknown>> {
  const answer = await asked(node, url)
  assert.equal(answer.status, 200, url)
  return (await answer.json()) as Record<string, unknown>
}

/** A web server of the outside world, by path, that counts what it was asked for. */
async function site(t: TestContext, pages: Record<string, RequestListener | string | Buffer>) {
  const visits: Record<string, number> = {}
  const peer = await httpPeer(t, (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site')
    visits[pathname] = (visits[pathname] ?? 0) + 1
    const page = pages[pathname]
    if (typeof page === 'function') page(request, response)
    else if (page === undefined) response.writeHead(404).end('not here')
    else response.setHeader('content-type', typeof page === 'string' ? 'text/html' : 'image/png').end(page)
  })
  return { ...peer, visits }
}

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'red' } })
    .png()
    .toBuffer()

const page = '<title>A page</title><meta property="og:image" content="/picture.png">'

test('a page is shown by its title and picture, which everybody here can download', async (t) => {
  const node = await mediaFixture(t)
  const { url } = await site(t, { '/page': page, '/picture.png': await picture(1600, 900) })

  const {
    'og:image': image,
    'matrix:image:size': sizeBytes,
    ...preview
  } = await previewed(node, `${url}/page#part`)

  assert.deepEqual(preview, {
    'og:title': 'A page',
    'og:image:type': 'image/jpeg',
    'og:image:width': 1067,
    'og:image:height': 600,
  })
  const prefix = `mxc://${testServerName}/`
  assert.ok(String(image).startsWith(prefix))
  const shown = await node.call('GET', downloadPath(String(image).slice(prefix.length)), { as: 'bob' })
  const bytes = Buffer.from(await shown.arrayBuffer())
  assert.deepEqual(
    [shown.status, shown.headers.get('content-type'), bytes.length],
    [200, 'image/jpeg', sizeBytes],
  )
  assert.equal((await sharp(bytes).metadata()).width, 1067)
})

test('an address that is a picture is shown as one, under the deprecated path as well', async (t) => {
  const node = await mediaFixture(t)
  const { url } = await site(t, { '/small.png': await picture(20, 10) })
  const answer = await node.call('GET', previewPath(`${url}/small.png`, '/_matrix/media/v3'), { as: 'alice' })
  const {
    'og:image': _,
    'matrix:image:size': __,
    ...preview
  } = (await answer.json()) as Record<string, unknown>
  assert.deepEqual(preview, { 'og:image:type': 'image/png', 'og:image:width': 20, 'og:image:height': 10 })
  assert.equal((await node.call('GET', previewPath(url))).status, 401)
})

test('a page is asked once for everybody, and again when its preview has expired', async (t) => {
  const clock = createTestClock()
  const { nodes } = await mediaFixture(t, { clock, nodes: 2 })
  const [one, other] = nodes
  assert.ok(one && other)
  const { url, visits } = await site(t, { '/page': page, '/picture.png': await picture(30, 30) })

  const answers = await Promise.all(Array.from({ length: 8 }, () => previewed(one, `${url}/page`)))
  for (const answer of [...answers, await previewed(other, `${url}/page`)])
    assert.deepEqual(answer, answers[0])
  assert.deepEqual(visits, { '/page': 1, '/picture.png': 1 })

  await clock.advance(dayMs)
  await previewed(other, `${url}/page`)
  assert.equal(visits['/page'], 2)
})

test('that there is nothing to show is remembered for a while', async (t) => {
  const clock = createTestClock()
  const node = await mediaFixture(t, { clock })
  const { url, visits } = await site(t, {
    '/empty': '<p>nothing of a title',
    '/text': (_request, response) => response.setHeader('content-type', 'text/plain').end(page),
  })
  for (const path of ['/empty', '/text', '/gone']) {
    for (let i = 0; i < 2; i++) assert.deepEqual(await refusalOf(asked(node, url + path)), unavailable, path)
    assert.equal(visits[path], 1, path)
  }
  await clock.advance(600_000)
  assert.deepEqual(await refusalOf(asked(node, `${url}/gone`)), unavailable)
  assert.equal(visits['/gone'], 2)
})

test('nothing in a private network is shown, nor said to be there', async (t) => {
  const dns = await dnsPeer(t, { 'mean.test': ['127.0.0.2'] })
  const node = await mediaFixture(t, { outgoing: { nameServers: [dns.server] } })
  let reached = 0
  const hidden = await httpPeer(
    t,
    (_request, response) => {
      reached++
      response.setHeader('content-type', 'text/html').end(page)
    },
    { host: '127.0.0.2' },
  )
  const to =
    (url: string): RequestListener =>
    (_request, response) =>
      response.writeHead(302, { location: url }).end()
  const { url, visits } = await site(t, {
    '/redirect': to(hidden.url),
    '/named': to(`http://mean.test:${hidden.port}/`),
    '/file': to('file:///etc/passwd'),
    '/loop': to('/loop'),
    '/picture': `<title>p</title><meta property="og:image" content="${hidden.url}/picture.png">`,
  })
  for (const given of [
    hidden.url,
    `http://mean.test:${hidden.port}/`,
    'http://169.254.169.254/',
    'http://nowhere.test/',
  ])
    assert.deepEqual(await refusalOf(asked(node, given)), unavailable, given)
  for (const path of ['/redirect', '/named', '/file', '/loop'])
    assert.deepEqual(await refusalOf(asked(node, url + path)), unavailable, path)
  assert.deepEqual(await previewed(node, `${url}/picture`), { 'og:title': 'p' })
  assert.equal(reached, 0)
  assert.equal(visits['/loop'], 6)
})

test('what is no address of a page is refused', async (t) => {
  const node = await mediaFixture(t)
  for (const url of [
    '',
    'nothing',
    'file:///etc/passwd',
    'mailto:a@b.test',
    `http://a.test/${'x'.repeat(2048)}`,
  ])
    assert.deepEqual(await refusalOf(asked(node, url)), [400, 'M_INVALID_PARAM'], url)
  const off = await mediaFixture(t, { settings: { urlPreviews: false } })
  assert.deepEqual(await refusalOf(asked(off, 'https://page.test/')), unavailable)
})

test('huge pages are read as far as their head, and huge or false pictures are left out', async (t) => {
  const node = await mediaFixture(t)
  const endless: RequestListener = (_request, response) => {
    response.setHeader('content-type', 'text/html')
    response.write('<title>Endless</title>')
    const more = () => {
      while (response.write('<p>more of it</p>'.repeat(4096)));
    }
    response.on('drain', more)
    more()
  }
  const bomb: RequestListener = (_request, response) =>
    response
      .writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' })
      .end(gzipSync(`<title>Bomb</title>${' '.repeat(50_000_000)}`))
  const bombPicture: RequestListener = (_request, response) =>
    response
      .writeHead(200, { 'content-type': 'image/png', 'content-encoding': 'gzip' })
      .end(gzipSync(Buffer.alloc(50_000_000)))
  const { url } = await site(t, {
    '/endless': endless,
    '/bomb': bomb,
    '/bomb.png': bombPicture,
    '/huge.png': Buffer.from(noise(10 * 1024 ** 2 + 1)),
    '/false.png': Buffer.from('<svg onload="alert(1)"/>'),
    ...Object.fromEntries(
      ['bomb', 'huge', 'false'].map((name) => [
        `/with-${name}`,
        `<title>${name}</title><meta property="og:image" content="/${name}.png">`,
      ]),
    ),
  })
  assert.deepEqual(await previewed(node, `${url}/endless`), { 'og:title': 'Endless' })
  assert.deepEqual(await previewed(node, `${url}/bomb`), { 'og:title': 'Bomb' })
  for (const name of ['bomb', 'huge', 'false'])
    assert.deepEqual(await previewed(node, `${url}/with-${name}`), { 'og:title': name })
  assert.deepEqual(await refusalOf(asked(node, `${url}/false.png`)), unavailable)
})

test('a page that takes its time has no preview, and a slow picture is left out', async (t) => {
  const node = await mediaFixture(t, { settings: { urlPreviewTimeout: 200 } })
  const { url } = await site(t, {
    '/silent': () => undefined,
    '/trickle': (_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).write('<title>'),
    '/page': page,
    '/picture.png': () => undefined,
  })
  for (const path of ['/silent', '/trickle'])
    assert.deepEqual(await refusalOf(asked(node, url + path)), unavailable, path)
  assert.deepEqual(await previewed(node, `${url}/page`), { 'og:title': 'A page' })
})

test('previews and their pictures are gone when their time is over', async (t) => {
  const clock = createTestClock()
  const node = await mediaFixture(t, { clock })
  const { db } = node.platform
  const { url } = await site(t, { '/page': page, '/picture.png': await picture(40, 40) })
  const sweepAll = () => sweep(node.platform, new AbortController().signal)
  const kept = async () =>
    (
      await db.rows<object>(sql`
        select (select count(*)::int from media.url_preview) as previews, (select count(*)::int from media.item) as items,
          (select count(*)::int from media.content) as contents, (select count(*)::int from media.chunk) as chunks`)
    )[0]
  await previewed(node, `${url}/page`)

  await clock.advance(dayMs)
  await sweepAll()
  assert.deepEqual(await kept(), { previews: 0, items: 1, contents: 1, chunks: 1 })
  await clock.advance(7 * dayMs)
  await sweepAll()
  assert.deepEqual(await kept(), { previews: 0, items: 0, contents: 0, chunks: 0 })
})
